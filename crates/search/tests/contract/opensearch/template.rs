//! The index template and what goes by it.

use kraken_opensearch::Node;
use kraken_search::{LogSearch, OpenSearch, Query, index_template};
use serde_json::{Value, json};

use crate::place::{all, at, batch, config, entry, refresh};

pub(crate) async fn ask(method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
    let request = reqwest::Client::new().request(method, format!("{}/{path}", Node::shared()));
    let request = body.map_or_else(|| request.try_clone().unwrap(), |body| request.try_clone().unwrap().json(&body));
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert!(status.is_success(), "{path}: {status} {body}");
    body
}

#[tokio::test]
async fn entries_lie_in_the_index_of_their_day_with_the_fields_of_the_template() {
    let config = config(Node::shared());
    let logs = OpenSearch::new(&config).unwrap();
    logs.append(batch([entry(0, "today"), entry(-1, "yesterday"), entry(1, "today")])).await.unwrap();
    refresh(Node::shared(), &config.prefix).await;
    let mut indices = Vec::new();
    let listed = ask(reqwest::Method::GET, &format!("{}-*/_mapping", config.prefix), None).await;
    let expected = index_template(&config.prefix, false).unwrap();
    for (name, index) in listed.as_object().unwrap() {
        indices.push(name.strip_prefix(&config.prefix).unwrap().to_owned());
        assert_eq!(index["mappings"]["dynamic"], "false");
        let fields = |mappings: &Value| mappings["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(fields(&index["mappings"]), fields(&expected["template"]["mappings"]));
    }
    indices.sort();
    assert_eq!(indices, ["-2025.10.09", "-2025.10.10"]);
}

#[tokio::test]
async fn a_later_template_is_left_as_it_is_and_an_earlier_one_replaced() {
    for (version, replaced) in [(0, true), (1_000_000, false)] {
        let config = config(Node::shared());
        let path = format!("_index_template/{}", config.prefix);
        let mut template = index_template(&config.prefix, false).unwrap();
        template["version"] = json!(version);
        template["_meta"] = json!({ "ours": "not" });
        ask(reqwest::Method::PUT, &path, Some(template)).await;
        let logs = OpenSearch::new(&config).unwrap();
        logs.append(batch([entry(0, "x")])).await.unwrap();
        let installed = ask(reqwest::Method::GET, &path, None).await;
        let installed = &installed["index_templates"][0]["index_template"];
        assert_eq!(installed["_meta"]["ours"].is_null(), replaced, "{installed}");
    }
}

#[tokio::test]
async fn a_collection_gets_a_template_without_what_it_decides_itself() {
    let config = config(Node::shared());
    let template = index_template(&config.prefix, true).unwrap();
    let settings = template["template"]["settings"]["index"].as_object().unwrap();
    assert_eq!(settings.keys().collect::<Vec<_>>(), ["analysis"]);
    ask(reqwest::Method::PUT, &format!("_index_template/{}", config.prefix), Some(template)).await;
}

#[tokio::test]
async fn deployments_that_share_a_node_see_and_forget_only_their_own() {
    let mine = config(Node::shared());
    let mut other = mine.clone();
    // Another whose prefix begins with ours.
    other.prefix = format!("{}-eu", mine.prefix);
    let (mine, other, prefix) = (OpenSearch::new(&mine).unwrap(), OpenSearch::new(&other).unwrap(), mine.prefix);
    mine.append(batch([entry(0, "mine")])).await.unwrap();
    other.append(batch([entry(0, "other's")])).await.unwrap();
    refresh(Node::shared(), &prefix).await;
    assert_eq!(all(&mine, Query::default()).await, ["mine"]);
    mine.drop_before(at(10 * 24 * 3600)).await.unwrap();
    assert!(all(&mine, Query::default()).await.is_empty());
    assert_eq!(all(&other, Query::default()).await, ["other's"]);
}
