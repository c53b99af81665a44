<?cs # expect: alt: is not allowed ?><p><?cs alt:name ?>-<?cs /alt ?></p>
