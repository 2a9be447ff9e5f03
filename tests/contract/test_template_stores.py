"""template.yaml: where documents' files lie, and which indexes the table has."""

from shared import keys
from tests.contract.template import properties, resources


def test_the_portal_has_one_bucket_with_one_policy() -> None:
    kinds = [one["Type"] for one in resources().values() if one["Type"].startswith("AWS::S3::")]
    assert kinds == ["AWS::S3::Bucket", "AWS::S3::BucketPolicy"]
    assert properties("DocumentBucketPolicy")["Bucket"] == {"Ref": "DocumentBucket"}


def test_the_bucket_is_private_whatever_somebody_says_of_a_file() -> None:
    told = properties("DocumentBucket")
    assert told["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert told["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }


def test_the_buckets_files_are_encrypted_with_the_portals_own_key() -> None:
    (rule,) = properties("DocumentBucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": {"GetAtt": "DataKey.Arn"},
    }
    assert rule["BucketKeyEnabled"] is True


def test_the_buckets_files_end_after_their_days() -> None:
    (rule,) = properties("DocumentBucket")["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["ExpirationInDays"] == {"Ref": "DocumentRetentionDays"}
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert not {"Prefix", "TagFilters"} & set(rule), "The rule is for all files."


def test_the_bucket_refuses_what_travels_in_the_clear() -> None:
    (statement,) = properties("DocumentBucketPolicy")["PolicyDocument"]["Statement"]
    assert statement == {
        "Sid": "NothingTravelsInTheClear",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [{"GetAtt": "DocumentBucket.Arn"}, {"Sub": "${DocumentBucket.Arn}/*"}],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_only_the_sites_own_pages_upload() -> None:
    (rule,) = properties("DocumentBucket")["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == [{"Ref": "SiteAddress"}]
    assert rule["AllowedMethods"] == ["PUT"]
    assert rule["AllowedHeaders"] == ["content-type", "x-amz-checksum-sha256"]


def test_the_table_has_two_indexes_that_hold_keys_only() -> None:
    told = properties("PortalTable")
    keys_only = {"ProjectionType": "KEYS_ONLY"}
    assert {one["IndexName"]: one["Projection"] for one in told["GlobalSecondaryIndexes"]} == {
        keys.NAME_INDEX: keys_only,
        keys.DUE_INDEX: keys_only,
    }
    schemas = {
        one["IndexName"]: [(part["AttributeName"], part["KeyType"]) for part in one["KeySchema"]]
        for one in told["GlobalSecondaryIndexes"]
    }
    assert schemas == {
        keys.NAME_INDEX: [("name_key", "HASH")],
        keys.DUE_INDEX: [("due_list", "HASH"), ("due_on", "RANGE")],
    }
