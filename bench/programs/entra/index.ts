import { entra } from "../../../index";

// The application that MIM mail needs, with this library.
new entra.MailApplication("mail", { displayName: "MIM mail", secretRotation: { days: 90, overlapDays: 14, startingOn: "2026-01-01" } });
