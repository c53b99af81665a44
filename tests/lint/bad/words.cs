<?cs # expect: words in the text: Send ?><p>Send <?cs var:name ?></p>
