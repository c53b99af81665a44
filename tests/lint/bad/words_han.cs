<?cs # expect: words in the text ?><p>发送</p>
