"""What the functions share, and who may import whom; a contract test holds the arrows.

    functions     ->  everything below, and no function
    api           ->  clients, problems, settings, rules
    desk_api      ->  api, clients, rules
    clients       ->  keyring, limits, errors
    views, slot_views, desk_views, document_views, fields, calendars  ->  settings, rules
    email_field   ->  fields
    forms         ->  fields, rules
    export_views, profile_views  ->  views, settings, rules
    card_views    ->  desk_views, views, settings, rules
    document_delivery  ->  document_mails, postbox, the table's dispatches, changes, errors
    mails         ->  ticket_mails, document_mails, desk_mails, mail, keyring, settings, rules
    ticket_mails  ->  calendars, mail, changes
    document_mails     ->  mail, changes, documents
    desk_mails    ->  mail, settings, accounts, changes
    postbox       ->  document_files, mail, the table's receipts, aws, settings, errors
    document_files     ->  the table's documents, aws, settings, rules
    release_queue ->  the table's store (its pauses), aws, settings, rules
    mail          ->  settings, documents
    table         ->  keys, keyring, aws, settings, rules
    keys          ->  rules
    keyring       ->  aws, settings, rules
    aws           ->  settings
    problems      ->  settings, errors
    outcomes, routes  ->  errors
    rules         ->  one another

The rules are accounts, cards, changes, clock, consents, days, desk, districts, documents, errors,
guardianship, ids, limits, mail_events, names, password_rules, passwords, patients, policies,
publishing, register, schedules, second_factor, tickets and working_days: no clients, no
environment. Only `table`, `postbox`, `document_files`, `release_queue` and `keyring` speak to AWS,
with clients that `aws` makes. A function never imports a function.
"""
