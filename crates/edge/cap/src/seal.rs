//! XML signatures (W3C XML Signature Syntax and Processing 1.1) around our own messages, without the arithmetic.
//!
//! Our messages are written in canonical form (Exclusive XML Canonicalization 1.0) from the start: no attributes but the one namespace,
//! no empty-element tags, no comments, three escapes, line feeds. So nothing has to be canonicalised: what is digested is the text from
//! `<alert` to `</alert>` itself. For the same reason the way back, [`unseal`], takes no XML of others: it takes the text apart at the
//! one place where [`sealed`] puts a signature, and what remains is digested as a whole. There is nothing to wrap a signature around.

/// XML Signature's namespace.
const NAMESPACE: &str = "http://www.w3.org/2000/09/xmldsig#";
const BEGIN: &str = "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">";
const END: &str = "</Signature>";
const ROOT: &str = "<alert";
const ROOT_END: &str = "</alert>";

/// Why a text is no sealed message of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// No `<alert>` in it that ends where the text ends.
    #[error("no whole <alert>")]
    NotAnAlert,
    /// No signature at its end.
    #[error("no signature at the end of the message")]
    NotSealed,
    /// More than one signature, or one elsewhere too.
    #[error("more than one signature")]
    Ambiguous,
    /// A signature that we would not write: another algorithm, another reference, something between its parts.
    #[error("the signature is not made as ours are")]
    Foreign,
}

/// What is digested of a message that is not sealed.
///
/// # Errors
/// When the text is no message, or is sealed already.
pub fn digested(xml: &str) -> Result<&str, SealError> {
    let begin = xml.find(ROOT).ok_or(SealError::NotAnAlert)?;
    let alert = xml[begin..].trim_end_matches('\n');
    if !alert.ends_with(ROOT_END) {
        return Err(SealError::NotAnAlert);
    }
    if alert.contains("<Signature") { Err(SealError::Ambiguous) } else { Ok(alert) }
}

/// What is signed, in canonical form: a digest of the whole document by SHA-256, in base 64.
#[must_use]
pub fn signed_info(digest: &str) -> String {
    format!("<SignedInfo xmlns=\"{NAMESPACE}\">{}</SignedInfo>", inside(digest))
}

fn inside(digest: &str) -> String {
    format!(
        "<CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></CanonicalizationMethod>\
         <SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\"></SignatureMethod>\
         <Reference URI=\"\"><Transforms>\
         <Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></Transform>\
         <Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></Transform></Transforms>\
         <DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></DigestMethod>\
         <DigestValue>{digest}</DigestValue></Reference>"
    )
}

/// The message with its signature (CAP 3.3.4.1: "an enveloped signature"), of [`signed_info`] by ECDSA over P-256 with SHA-256 as 64
/// octets, and with the certificate (DER), all in base 64.
///
/// # Errors
/// As [`digested`].
pub fn sealed(xml: &str, digest: &str, signature: &str, certificate: &str) -> Result<String, SealError> {
    digested(xml)?;
    let at = xml.rfind(ROOT_END).ok_or(SealError::NotAnAlert)?;
    let (head, tail) = xml.split_at(at);
    Ok(format!(
        "{head}{BEGIN}<SignedInfo>{}</SignedInfo><SignatureValue>{signature}</SignatureValue><KeyInfo><X509Data>\
         <X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo>{END}{tail}",
        inside(digest)
    ))
}

/// A sealed message taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsealed {
    /// The message as it was before, declaration and all: read this, never the sealed text.
    pub xml: String,
    /// The digest that the signature claims, in base 64.
    pub digest: String,
    /// The signature of [`signed_info`] of it, in base 64.
    pub signature: String,
}

/// Takes the signature off. It proves nothing yet: the digest of [`digested`] must be the one claimed, and the signature right by a key
/// that the reader holds already. The certificate inside is not given out, so that nobody believes it.
///
/// # Errors
/// When the text is not exactly what [`sealed`] writes.
pub fn unseal(xml: &str) -> Result<Unsealed, SealError> {
    let begin = xml.find(BEGIN).ok_or(SealError::NotSealed)?;
    // `<Signature xmlns=...>`, `<SignatureMethod` and `<SignatureValue>`, once each.
    if xml.matches("<Signature").count() != 3 || xml.matches(BEGIN).count() != 1 || xml.contains(":Signature") {
        return Err(SealError::Ambiguous);
    }
    let (head, rest) = xml.split_at(begin);
    let (signature, tail) = rest.split_once(END).ok_or(SealError::NotSealed)?;
    if tail.trim_end_matches('\n') != ROOT_END {
        return Err(SealError::NotSealed);
    }
    let value = |name: &str| -> Option<&str> {
        let rest = signature.split_once(&format!("<{name}>"))?.1;
        Some(rest.split_once(&format!("</{name}>"))?.0).filter(|text| text.chars().all(is_base64))
    };
    let [digest, value, certificate] = ["DigestValue", "SignatureValue", "X509Certificate"].map(value);
    let (Some(digest), Some(value), Some(certificate)) = (digest, value, certificate) else {
        return Err(SealError::Foreign);
    };
    let unsealed = Unsealed { xml: format!("{head}{tail}"), digest: digest.to_owned(), signature: value.to_owned() };
    match sealed(&unsealed.xml, digest, value, certificate)? == xml {
        true => Ok(unsealed),
        false => Err(SealError::Foreign),
    }
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+/=".contains(c)
}
