<?cs include:"html/_shell.cs" ?><?cs call:head(T.title.error) ?><?cs
if:?text ?><p><?cs var:T.typed ?></p><pre><?cs var:text ?></pre>
<?cs /if ?><p><a href="<?cs var:back ?>"><?cs var:T.nav.back ?></a></p>
<?cs call:foot() ?>
