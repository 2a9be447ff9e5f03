"""template.yaml: the one distribution in front of pages and API, and what it says and hides."""

import ast
import re
from typing import Any

from tests.contract.source import modules
from tests.contract.template import properties, resources, said, template

_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""CloudFront's own policies, the same in every account."""


def _distribution() -> dict[str, Any]:
    found: dict[str, Any] = properties("Distribution")["DistributionConfig"]
    return found


def _behaviours() -> dict[str, dict[str, Any]]:
    others = {one["PathPattern"]: one for one in _distribution()["CacheBehaviors"]}
    return {"*": _distribution()["DefaultCacheBehavior"], **others}


def _origins() -> dict[str, dict[str, Any]]:
    return {one["Id"]: one for one in _distribution()["Origins"]}


def test_pages_and_api_are_one_origin_and_there_is_no_other_way_in() -> None:
    assert {pattern: one["TargetOriginId"] for pattern, one in _behaviours().items()} == {
        "*": "site",
        "/api/*": "api",
    }
    assert set(_origins()) == {"api", "site"}
    kinds = [one["Type"] for one in resources().values()]
    assert kinds.count("AWS::CloudFront::Distribution") == 1


def test_nothing_is_served_in_the_clear() -> None:
    protocols = {pattern: one["ViewerProtocolPolicy"] for pattern, one in _behaviours().items()}
    assert protocols == {"*": "redirect-to-https", "/api/*": "https-only"}
    assert _origins()["api"]["CustomOriginConfig"] == {
        "OriginProtocolPolicy": "https-only",
        "OriginSSLProtocols": ["TLSv1.2"],
    }


def test_pages_are_read_cached_and_compressed() -> None:
    pages = _behaviours()["*"]
    assert (pages["AllowedMethods"], pages["Compress"]) == (["GET", "HEAD"], True)
    assert pages["CachePolicyId"] == _CACHING_OPTIMIZED
    assert "OriginRequestPolicyId" not in pages, "S3 signs what it is asked."
    assert _distribution()["DefaultRootObject"] == "index.html"
    assert (_distribution()["HttpVersion"], _distribution()["IPV6Enabled"]) == ("http2and3", True)


def test_the_api_takes_every_method_and_nothing_of_it_is_cached() -> None:
    api = _behaviours()["/api/*"]
    assert api["AllowedMethods"] == ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
    assert api["CachePolicyId"] == _CACHING_DISABLED
    # CloudFront keeps these refusals for ten seconds unless it is told otherwise.
    kept = {one["ErrorCode"]: one for one in _distribution()["CustomErrorResponses"]}
    assert set(kept) == {404, 500, 501, 502, 503, 504}
    assert all(one["ErrorCachingMinTTL"] == 0 for one in kept.values())


def test_no_page_takes_the_place_of_a_problem_document() -> None:
    for one in _distribution()["CustomErrorResponses"]:
        assert set(one) == {"ErrorCode", "ErrorCachingMinTTL"}


def test_the_api_is_told_exactly_the_headers_that_the_code_reads_but_for_the_host() -> None:
    policy = properties("ApiRequests")["OriginRequestPolicyConfig"]
    assert policy["HeadersConfig"]["HeaderBehavior"] == "whitelist"
    told = {name.lower() for name in policy["HeadersConfig"]["Headers"]}
    shown = {one["HeaderName"] for one in _origins()["api"]["OriginCustomHeaders"]}
    # The cookies' header has a setting of its own.
    assert told | shown | {"cookie"} == _headers_read()
    assert len(told) <= 10, "CloudFront takes no more."
    assert policy["CookiesConfig"] == {"CookieBehavior": "all"}
    assert policy["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
    assert _behaviours()["/api/*"]["OriginRequestPolicyId"] == {"Ref": "ApiRequests"}


def _headers_read() -> set[str]:
    """Return the names of headers that the HTTP modules look up."""
    found = set()
    for name in ("shared.api", "shared.clients"):
        module = modules()[name]
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr != "get" or "headers" not in ast.unparse(node.func.value):
                continue
            asked = node.args[0]
            if isinstance(asked, ast.Name):
                (given,) = module.defined[asked.id]
                assert isinstance(given, ast.Assign)
                asked = given.value
            found.add(str(ast.literal_eval(asked)))
    assert found, "Somebody reads the request's headers."
    return found


def test_the_distribution_shows_the_api_the_origins_key() -> None:
    (header,) = _origins()["api"]["OriginCustomHeaders"]
    assert header["HeaderName"] == "x-origin-key"
    assert said(header["HeaderValue"]) == (
        "!Sub {{resolve:secretsmanager:${OriginKey}:SecretString:::${OriginKeyVersion}}}"
    )
    assert template()["Parameters"]["OriginKeyVersion"]["Default"] == ""


def test_only_this_distribution_reads_the_sites_bucket_and_learns_what_is_missing() -> None:
    reads, lists, _ = properties("SiteBucketPolicy")["PolicyDocument"]["Statement"]
    source = "!Sub arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"
    for statement, action, resource in (
        (reads, "s3:GetObject", "!Sub ${SiteBucket.Arn}/*"),
        (lists, "s3:ListBucket", "!GetAtt SiteBucket.Arn"),
    ):
        assert statement["Effect"] == "Allow"
        assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert (statement["Action"], said(statement["Resource"])) == (action, resource)
        (condition,) = statement["Condition"].items()
        assert condition[0] == "StringEquals"
        assert said(condition[1]["aws:SourceArn"]) == source
    access = properties("SiteAccess")["OriginAccessControlConfig"]
    assert (access["OriginAccessControlOriginType"], access["SigningBehavior"]) == ("s3", "always")
    assert _origins()["site"]["OriginAccessControlId"] == {"GetAtt": "SiteAccess.Id"}
    assert _origins()["site"]["S3OriginConfig"] == {"OriginAccessIdentity": ""}


def test_the_sites_bucket_outlives_the_stack_so_that_a_stack_with_pages_can_be_deleted() -> None:
    for logical_id in ("SiteBucket", "SiteBucketPolicy"):
        resource = resources()[logical_id]
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


def test_with_a_certificate_the_site_has_its_own_name_and_modern_tls() -> None:
    condition, aliases, otherwise = _distribution()["Aliases"]["If"]
    assert (condition, otherwise) == ("HasCertificate", {"Ref": "AWS::NoValue"})
    assert aliases == [{"Select": [2, {"Split": ["/", {"Ref": "SiteAddress"}]}]}]
    condition, own, otherwise = _distribution()["ViewerCertificate"]["If"]
    assert condition == "HasCertificate"
    assert own == {
        "AcmCertificateArn": {"Ref": "CertificateArn"},
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }
    assert otherwise == {"CloudFrontDefaultCertificate": True}
    has_certificate = template()["Conditions"]["HasCertificate"]
    assert has_certificate == {"Not": [{"Equals": [{"Ref": "CertificateArn"}, ""]}]}


def test_the_distribution_asks_the_web_acl_that_is_named_and_none_otherwise() -> None:
    has_one = {"Not": [{"Equals": [{"Ref": "WebAclArn"}, ""]}]}
    assert template()["Conditions"]["HasWebAcl"] == has_one
    own, none = {"Ref": "WebAclArn"}, {"Ref": "AWS::NoValue"}
    assert _distribution()["WebACLId"] == {"If": ["HasWebAcl", own, none]}
    assert template()["Parameters"]["WebAclArn"]["Default"] == ""


# ------------------------------------------------------------------ security headers


def _policy() -> dict[str, str]:
    """Return what the pages may load, by directive."""
    security = properties("SiteHeaders")["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    text = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Sub"]
    directives = (one.strip().partition(" ") for one in text.split(";"))
    return {name: sources for name, _, sources in directives}


def test_the_security_headers_are_on_every_answer() -> None:
    assert {one["ResponseHeadersPolicyId"]["Ref"] for one in _behaviours().values()} == {
        "SiteHeaders"
    }
    config = properties("SiteHeaders")["ResponseHeadersPolicyConfig"]
    for one in [*config["SecurityHeadersConfig"].values(), *config["CustomHeadersConfig"]["Items"]]:
        assert one["Override"] is True


def test_pages_load_their_own_files_and_speak_to_the_api_and_the_documents_bucket_only() -> None:
    bucket = "https://${DocumentBucket}.s3.${AWS::Region}.amazonaws.com"
    assert _policy() == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "connect-src": f"'self' {bucket}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }


def test_nobody_frames_sniffs_downgrades_or_learns_where_patients_come_from() -> None:
    config = properties("SiteHeaders")["ResponseHeadersPolicyConfig"]
    security = config["SecurityHeadersConfig"]
    assert security["FrameOptions"]["FrameOption"] == "DENY"
    assert security["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"
    assert "ContentTypeOptions" in security
    hsts = security["StrictTransportSecurity"]
    assert (hsts["AccessControlMaxAgeSec"], hsts["IncludeSubdomains"]) == (63072000, True)
    custom = {one["Header"]: one["Value"] for one in config["CustomHeadersConfig"]["Items"]}
    assert custom["Cross-Origin-Opener-Policy"] == "same-origin"
    assert custom["Cross-Origin-Resource-Policy"] == "same-origin"
    assert set(custom) == {
        "Cross-Origin-Opener-Policy",
        "Cross-Origin-Resource-Policy",
        "Permissions-Policy",
    }
    features = custom["Permissions-Policy"].split(", ")
    assert all(re.fullmatch(r"[a-z-]+=\(\)", feature) for feature in features)
