# Runs many commands in one process, each in a runspace of its own, as `pwsh -Command SCRIPT` would: nothing of one is seen by the
# next. Standard input holds one JSON line a command: script, stdin, mark. Standard output gets what the command writes, on
# whatever way, and then a NUL, the mark and how it ended.
param([string]$File)
$env:FAKE_WORKER = 'yes'
$commands = [System.Console]::In
while ($null -ne ($line = $commands.ReadLine())) {
    $command = $line | ConvertFrom-Json
    # A file, because `exit` in one ends that file only.
    [System.IO.File]::WriteAllText($File, $command.script)
    [System.Console]::SetIn([System.IO.StringReader]::new($command.stdin))
    $shell = [powershell]::Create([runspacefactory]::CreateRunspace())
    $shell.Runspace.Open()
    $errors = @()
    try {
        $output = $shell.AddScript("& '$File'").Invoke()
        $errors = @($shell.Streams.Error)
        foreach ($item in $output) { [System.Console]::Out.Write("$item`n") }
    }
    catch { $errors = @($_.Exception.InnerException) }
    $exitCode = $shell.Runspace.SessionStateProxy.GetVariable('LASTEXITCODE')
    if ($null -eq $exitCode -or $errors.Count -gt 0) { $exitCode = [int]($errors.Count -gt 0) }
    $shell.Runspace.Dispose()
    $shell.Dispose()
    $ended = @{ exitCode = $exitCode; stderr = [string]::Join("`n", [string[]]@($errors)) }
    [System.Console]::Out.Write([char]0 + $command.mark + (ConvertTo-Json $ended -Compress) + "`n")
}
