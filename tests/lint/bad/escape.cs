<?cs # expect: escape: is not allowed ?><?cs escape: "none" ?><?cs var:name ?><?cs /escape ?>
