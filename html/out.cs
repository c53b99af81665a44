<?cs include:"html/_shell.cs" ?><?cs call:head(T.title.out) ?><p><?cs var:T.out.leaving ?></p>
<p><b><?cs var:host ?></b><br/><?cs var:url ?></p>
<p><?cs var:T.out.caution ?></p>
<p><a href="<?cs var:href ?>" rel="noreferrer"><?cs var:T.do.open ?></a></p>
<?cs call:foot() ?>
