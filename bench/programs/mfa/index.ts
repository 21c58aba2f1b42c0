import * as pulumi from "@pulumi/pulumi";
import { mfa } from "../../../index";

// One resource for as many people as are asked for.
const count = new pulumi.Config("bench").requireNumber("count");
const phones = Array.from({ length: count }, (_, at) => [`p${at}@hybrididentity.example`, `+49 151 ${10_000_000 + at}`]);

new mfa.PhoneMethods("all", { phones: Object.fromEntries(phones) as Record<string, string> });
