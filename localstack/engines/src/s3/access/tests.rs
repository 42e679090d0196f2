use super::*;

fn agent() -> Principal {
    Principal::Agent { id: "a1".to_owned() }
}

#[test]
fn the_owner_may_do_all() {
    assert!(check_operation(&Principal::Owner, "DeleteObjects", &S3Path::bucket("other")).is_ok());
}

#[test]
fn an_agent_keeps_to_its_prefix() {
    let own = S3Path::object(DATA_BUCKET, "agents/a1/log.gz");
    for operation in [
        "GetObject",
        "HeadObject",
        "PutObject",
        "DeleteObject",
        "CreateMultipartUpload",
        "UploadPart",
        "CompleteMultipartUpload",
        "AbortMultipartUpload",
        "ListParts",
    ] {
        assert!(check_operation(&agent(), operation, &own).is_ok(), "{operation}");
        for key in ["agents/a2/log.gz", "agents/a11/log.gz", "agents/a1", "log.gz", ""] {
            let other = S3Path::object(DATA_BUCKET, key);
            assert!(check_operation(&agent(), operation, &other).is_err(), "{operation} {key}");
        }
        let elsewhere = S3Path::object("other", "agents/a1/log.gz");
        assert!(check_operation(&agent(), operation, &elsewhere).is_err(), "{operation} in another bucket");
    }
}

#[test]
fn an_agent_has_no_other_operation() {
    let own = S3Path::object(DATA_BUCKET, "agents/a1/log.gz");
    for operation in ["CopyObject", "UploadPartCopy", "GetObjectAcl", "PutObjectTagging", "RestoreObject"] {
        assert!(check_operation(&agent(), operation, &own).is_err(), "{operation}");
    }
    for operation in ["DeleteObjects", "CreateBucket", "HeadBucket", "DeleteBucket", "PostObject", "ListMultipartUploads"] {
        assert!(check_operation(&agent(), operation, &S3Path::bucket(DATA_BUCKET)).is_err(), "{operation}");
    }
    assert!(check_operation(&agent(), "ListBuckets", &S3Path::root()).is_err());
}
