import { entra } from "../../../index";

// The application that MIM mail needs, with this library.
new entra.MailApplication("mail", {
    displayName: "MIM mail",
    mailboxes: "all",
    allMailboxesReason: "measured without Exchange, as the same with azuread",
    secretRotation: { days: 90, overlapDays: 14, startingOn: "2026-01-01" },
});
