import { mim, windows } from "../../../index";
import { settings } from "../settings";

// All of a MIM Service's mail, TLS of its server included.
const { servers, privateKey } = settings();
const mailbox = "mim@contoso.example";

for (const { name, ...reached } of servers) {
    new mim.PortalMail("mail", {
        host: new windows.Host(name, { ...reached, privateKey }),
        route: "exchangeOnline",
        mailbox,
        tenantId: process.env["ARM_TENANT_ID"],
        application: {
            displayName: "MIM mail",
            mailboxScope: { group: "mim-mailboxes@contoso.example", inScopeMailbox: mailbox, outOfScopeMailbox: "ceo@contoso.example" },
        },
    });
}
