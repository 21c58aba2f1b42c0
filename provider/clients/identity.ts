// Of Microsoft's library what is used here, so that a bundle of the provider holds no more of it.
export { AzureCliCredential, ClientAssertionCredential, ClientCertificateCredential, ClientSecretCredential } from "@azure/identity";
