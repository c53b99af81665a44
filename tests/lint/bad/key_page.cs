<?cs # expect: talks is not in CONTRACT for page conversation ?><?cs each:t = talks ?><?cs /each ?>
