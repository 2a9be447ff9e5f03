"""template.yaml: where documents' and the site's files lie, and which indexes the table has."""

import pytest

from shared import keys
from tests.contract.template import properties, resources

each_bucket = pytest.mark.parametrize("bucket", ["DocumentBucket", "SiteBucket"])


def test_the_portal_has_two_buckets_each_with_its_policy() -> None:
    stores = {name: one for name, one in resources().items() if one["Type"].startswith("AWS::S3::")}
    assert {name: one["Type"] for name, one in stores.items()} == {
        "DocumentBucket": "AWS::S3::Bucket",
        "DocumentBucketPolicy": "AWS::S3::BucketPolicy",
        "SiteBucket": "AWS::S3::Bucket",
        "SiteBucketPolicy": "AWS::S3::BucketPolicy",
    }
    for name in ("DocumentBucket", "SiteBucket"):
        assert properties(f"{name}Policy")["Bucket"] == {"Ref": name}


@each_bucket
def test_a_bucket_is_private_whatever_somebody_says_of_a_file(bucket: str) -> None:
    told = properties(bucket)
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


@each_bucket
def test_a_bucket_refuses_what_travels_in_the_clear(bucket: str) -> None:
    *_, statement = properties(f"{bucket}Policy")["PolicyDocument"]["Statement"]
    assert statement == {
        "Sid": "NothingTravelsInTheClear",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [{"GetAtt": f"{bucket}.Arn"}, {"Sub": f"${{{bucket}.Arn}}/*"}],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_documents_are_for_the_portal_alone() -> None:
    assert len(properties("DocumentBucketPolicy")["PolicyDocument"]["Statement"]) == 1


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
