<?cs # expect: T.nosuch[ ] is no group ?><?cs var:T.nosuch[notice] ?>
