// Stand-in for the Pulumi azuread plugin 6.9.1, as far as the components use it: the same calls in the same order as the plugin was
// seen to make, the odd ones included.
import { Engine } from "../shared/engine";
import { serve } from "../shared/serve";
import { serviceOf } from "../shared/service";
import { application } from "./application";
import { appRoleAssignment } from "./appRoleAssignment";
import { certificate } from "./certificate";
import { configure } from "./config";
import { federatedIdentityCredential } from "./federatedIdentityCredential";
import { functions } from "./functions";
import type { Graph } from "./graph";
import { password } from "./password";
import { servicePrincipal } from "./servicePrincipal";

const resources = {
    "azuread:index/appRoleAssignment:AppRoleAssignment": appRoleAssignment,
    "azuread:index/application:Application": application,
    "azuread:index/applicationCertificate:ApplicationCertificate": certificate,
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential": federatedIdentityCredential,
    "azuread:index/applicationPassword:ApplicationPassword": password,
    "azuread:index/servicePrincipal:ServicePrincipal": servicePrincipal,
};

const engine = new Engine();
serve(serviceOf<Graph>({ name: "azuread", version: "6.9.1", resources, functions, configure }, engine), engine);
