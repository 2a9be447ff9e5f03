"""What the functions share, and who may import whom; a contract test holds the arrows.

    functions     ->  everything below, and no function
    api           ->  problems, settings, rules
    clients       ->  keyring, limits
    views, export_views, slot_views, fields, calendars  ->  settings, rules
    mails         ->  ticket_mails, mail, keyring, settings, rules
    ticket_mails  ->  calendars, mail, changes
    postbox       ->  calendars, mail, the table's receipts, settings
    table         ->  keys, keyring, settings, rules
    keys          ->  rules
    keyring       ->  settings, rules
    problems      ->  settings, errors
    outcomes, routes  ->  errors
    rules         ->  one another

The rules are accounts, changes, clock, districts, errors, guardianship, ids, limits, mail_events,
passwords, patients, policies, publishing, tickets and working_days: no clients, no environment.
Only `table`, `postbox` and `keyring` speak to AWS. A function never imports a function.
"""
