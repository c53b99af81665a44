<?cs # expect: T.nav.nosuch is not in the catalogues ?><?cs var:T.nav.nosuch ?>
