<?cs # expect: lines[].nosuch is not in CONTRACT ?><?cs each:l = lines ?><?cs var:l.nosuch ?><?cs /each ?>
