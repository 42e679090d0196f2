use super::*;

#[test]
fn every_wish_is_harder_than_the_one_before() {
    let mut stopping = Stopping::default();
    assert!(!stopping.is_begun());
    let steps: Vec<Step> = (0..4).map(|_| stopping.signalled()).collect();
    assert_eq!(steps, [Step::Finish, Step::Cancel, Step::Kill, Step::Kill]);
    assert!(stopping.is_begun());
}
