use super::*;

#[test]
fn percentiles_are_samples() {
    let samples: Samples = (1..=200).rev().map(f64::from).collect();
    assert_eq!(samples.median(), 100.0);
    assert_eq!(samples.percentile(95.0), 190.0);
    assert_eq!(samples.percentile(99.0), 198.0);
    assert_eq!(samples.max(), 200.0);
    let one: Samples = [7.0].into_iter().collect();
    assert_eq!((one.median(), one.percentile(99.0)), (7.0, 7.0));
    assert!(Samples::default().median().is_nan());
}
