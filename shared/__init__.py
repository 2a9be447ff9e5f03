"""What the functions share, and who may import whom; a contract test holds the arrows.

    functions  ->  api, views, table, postbox, rules
    api        ->  problems, errors, rules
    table      ->  keys, keyring, mail's changes, errors, settings, rules
    mail       ->  keyring, settings, rules
    rules      ->  errors, clock, ids, one another

The rules are accounts, districts, fields, passwords, patients, policies, publishing, tickets and
working_days: no clients, no environment but the settings. Only `table`, `postbox` and `keyring`
speak to AWS. A function never imports a function.
"""
