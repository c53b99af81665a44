<?cs # expect: nosuch is not in CONTRACT ?><?cs if:?nosuch ?><?cs /if ?>
