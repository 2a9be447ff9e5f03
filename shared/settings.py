"""The environment, read once and typed. There are no defaults: a missing name fails at start-up."""

import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Settings:
    """What template.yaml tells every function."""

    table_name: str
    clinic_name: str
    registry_phone: str
    zone: ZoneInfo
    horizon_days: int
    """How many days, today included, have their slots published."""
    adult_cap: int
    child_cap: int
    release_hour: int
    """Hour of the clinic's day at which slots are published."""
    fan_out_above: int
    """Up to how many districts are released by one function; more are handed out by the queue."""
    release_queue_url: str
    district_cache_seconds: int
    """How long a function may show the districts as it last read them."""
    site_address: str
    """Origin of the site, without a closing slash."""
    sender: str
    mail_configuration_set: str
    identity_key_arn: str
    link_key_arn: str
    origin_key_arn: str
    document_bucket: str
    document_retention: timedelta
    """How long the file of a document lies in its bucket."""
    desk_email: str
    """The registry's own mailbox."""
    client_limit_per_hour: int
    """How often one network may ask for one operation that needs no session."""

    def day_of(self, moment: datetime) -> date:
        """Return the clinic's day that a moment belongs to."""
        return moment.astimezone(self.zone).date()


def is_on_lambda() -> bool:
    """Tell whether Lambda has started this process: it says to each how it did."""
    return "AWS_LAMBDA_INITIALIZATION_TYPE" in os.environ


@cache
def settings() -> Settings:
    """Return the settings of this process.

    Raises KeyError for a name that the environment lacks.
    """
    environment = os.environ
    return Settings(
        table_name=environment["TABLE_NAME"],
        clinic_name=environment["CLINIC_NAME"],
        registry_phone=environment["REGISTRY_PHONE"],
        zone=ZoneInfo(environment["CLINIC_TIME_ZONE"]),
        horizon_days=int(environment["HORIZON_DAYS"]),
        adult_cap=int(environment["ADULT_CAP"]),
        child_cap=int(environment["CHILD_CAP"]),
        release_hour=int(environment["RELEASE_HOUR"]),
        fan_out_above=int(environment["FAN_OUT_ABOVE"]),
        release_queue_url=environment["RELEASE_QUEUE_URL"],
        district_cache_seconds=int(environment["DISTRICT_CACHE_SECONDS"]),
        site_address=environment["SITE_ADDRESS"],
        sender=environment["SENDER"],
        mail_configuration_set=environment["MAIL_CONFIGURATION_SET"],
        identity_key_arn=environment["IDENTITY_KEY_ARN"],
        link_key_arn=environment["LINK_KEY_ARN"],
        origin_key_arn=environment["ORIGIN_KEY_ARN"],
        document_bucket=environment["DOCUMENT_BUCKET"],
        document_retention=timedelta(days=int(environment["DOCUMENT_RETENTION_DAYS"])),
        desk_email=environment["DESK_EMAIL"],
        client_limit_per_hour=int(environment["CLIENT_LIMIT_PER_HOUR"]),
    )
