# What else does a request ask of the host: services, products, accounts, names of values, certificates, events, protocol logs?
$ServicePattern = '\A[^\\/\x00-\x1f]{1,256}\z'

# All that is asked, checked before anything is looked at.
function ConvertFrom-Question {
    param($Request)
    $asked = @{
        services = Get-NameMember $Request 'services' $ServicePattern 'name of a service'
        products = Get-NameMember $Request 'products' $ProductPattern 'name of a product'
        accounts = Get-NameMember $Request 'accounts' $AccountPattern 'name of an account'
        names    = Get-NameMember $Request 'names' '\A' 'key'
        certificates = Get-NameMember $Request 'certificates' $TlsNamePattern 'TLS name of a connector'
        events   = [System.Collections.Generic.List[object]]::new()
        smtpLogs = [System.Collections.Generic.List[object]]::new()
    }
    # The start or the account of these is needed, too.
    $asked.looked = [System.Collections.Generic.HashSet[string]]::new([string[]]$asked.services, [System.StringComparer]::Ordinal)
    foreach ($key in $asked.names) {
        Assert-NamedKey $key
        $service = Get-HiveService $key
        if ($service.Length -eq 0) { continue }
        Assert-Name $service 'names' $ServicePattern 'name of a service'
        [void]$asked.looked.Add($service)
    }
    if ($Request.ContainsKey('events')) {
        if ($Request['events'] -isnot [array]) { throw (Get-Unexpected 'events' 'an array of objects' $Request['events']) }
        foreach ($question in $Request['events']) {
            $checked = ConvertFrom-EventQuestion $question ('events[' + $asked.events.Count + ']')
            $asked.events.Add($checked)
            if ($checked.service.Length -gt 0) { [void]$asked.looked.Add($checked.service) }
        }
    }
    if ($Request.ContainsKey('smtpLogs')) {
        if ($Request['smtpLogs'] -isnot [array]) { throw (Get-Unexpected 'smtpLogs' 'an array of objects' $Request['smtpLogs']) }
        foreach ($question in $Request['smtpLogs']) { $asked.smtpLogs.Add((ConvertFrom-SmtpLogQuestion $question ('smtpLogs[' + $asked.smtpLogs.Count + ']'))) }
    }
    return $asked
}

# Answers each member that is asked, and no other.
function Add-Reading {
    param($Request, $Asked, $Reply)
    $facts = Get-ServiceFact @($Asked.looked)
    $accounts = [System.Collections.Generic.HashSet[string]]::new([string[]]$Asked.accounts, [System.StringComparer]::Ordinal)
    foreach ($fact in $facts.get_Values()) { if ($fact.account -cnotmatch '\A(unknown:|\z)') { [void]$accounts.Add($fact.account) } }
    $sids = Resolve-Account @($accounts)
    foreach ($fact in $facts.get_Values()) {
        $fact.sid = $fact.account
        if ($sids.ContainsKey($fact.account)) { $fact.sid = $sids[$fact.account] }
    }
    $Reply['services'] = Select-Answer $facts $Asked.services
    if ($Request.ContainsKey('products')) { $Reply['products'] = Find-Product $Asked.products }
    if ($Request.ContainsKey('accounts')) { $Reply['accounts'] = Select-Answer $sids $Asked.accounts }
    if ($Request.ContainsKey('names')) {
        $Reply['names'] = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
        foreach ($key in $Asked.names) { $Reply['names'][$key] = Read-ValueName $key $facts }
    }
    if ($Request.ContainsKey('certificates')) {
        $Reply['certificates'] = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
        foreach ($name in $Asked.certificates) { $Reply['certificates'][$name] = Get-CertificateReading $name }
    }
    if ($Request.ContainsKey('events')) {
        $Reply['events'] = [System.Collections.Generic.List[object]]::new()
        foreach ($question in $Asked.events) { $Reply['events'].Add((Read-Event $question $facts)) }
    }
    if ($Request.ContainsKey('smtpLogs')) {
        $Reply['smtpLogs'] = [System.Collections.Generic.List[object]]::new()
        foreach ($question in $Asked.smtpLogs) { $Reply['smtpLogs'].Add((Read-SmtpLog $question)) }
    }
}

function Select-Answer {
    param($Answers, [string[]]$Asked)
    $selected = [System.Collections.Generic.Dictionary[string,object]]::new([System.StringComparer]::Ordinal)
    foreach ($name in $Asked) { $selected[$name] = $Answers[$name] }
    return $selected
}
