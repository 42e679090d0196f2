use super::*;

#[test]
fn what_keeps_the_search_from_answering_is_told_without_where_it_is() {
    let inside = "https://search.internal:9200/kraken-logs: connection refused".to_owned();
    for error in [SearchError::Unavailable(inside.clone()), SearchError::Setup(inside)] {
        let told = refused(error);
        assert!(matches!(&told, ControlError::Unavailable(_)), "{told:?}");
        assert!(told.to_string().contains("log search") && !told.to_string().contains("internal"), "{told}");
    }
}
