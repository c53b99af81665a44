<?cs # expect: leads outside ?><a href="http://example.org/">1</a>
