<?cs # expect: no macro ?><?cs call:nosuch(name) ?>
