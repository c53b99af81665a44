<?cs # expect: arithmetic is not allowed ?><?cs if:first - last ?>-<?cs /if ?>
