<?cs # expect: words in title ?><p title="Name">1</p>
