<?cs # expect: <script> is not allowed ?><script>1</script>
