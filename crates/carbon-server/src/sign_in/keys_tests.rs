//! Keys of providers: found, kept, asked for again when one is unknown.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::json;

use super::*;

/// The example of RFC 7515, appendix A.2: RS256 with a key of 2048 bits.
const RFC_TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6\
Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5R\
Zmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK\
5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1\
phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
const RFC_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPM\
EzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5\
rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-D\
WNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn unsigned(algorithm: &str, kid: Option<&str>) -> String {
    let header = json!({ "alg": algorithm, "kid": kid });
    format!("{}.{}", part(&header), part(&json!({ "sub": "ada" })))
}

fn token(signed: &str, signature: &[u8]) -> String {
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn verify(keys: &Keys, token: &str) -> Result<Claims, Unfit> {
    keys.verify(Jwt::parse(token)?)
}

fn p256() -> (EcdsaKeyPair, Value) {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
    let point = pair.public_key().as_ref();
    let jwk = json!({
        "kty": "EC", "crv": "P-256", "kid": "one",
        "x": URL_SAFE_NO_PAD.encode(&point[1..33]),
        "y": URL_SAFE_NO_PAD.encode(&point[33..]),
    });
    (pair, jwk)
}

#[test]
fn the_example_of_the_standard_is_verified() {
    let key = json!({ "keys": [{ "kty": "RSA", "n": RFC_N, "e": "AQAB" }] });
    let keys = Keys::of_json(&key);
    assert_eq!(verify(&keys, RFC_TOKEN).unwrap().text("iss"), Some("joe"));
    let wrong = RFC_TOKEN.replace("eyJpc3Mi", "eyJpc3Nj");
    assert!(verify(&keys, &wrong).is_err());
    let (_, other) = p256();
    assert_eq!(
        verify(&Keys::of_json(&json!({ "keys": [other] })), RFC_TOKEN),
        Err(Unfit::Signature)
    );
}

#[test]
fn elliptic_signatures_are_verified_by_the_key_that_is_named() {
    let (pair, jwk) = p256();
    let (_, other) = p256();
    let keys = Keys::of_json(&json!({ "keys": [other, jwk] }));
    let sign = |signed: &str| pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    for (kid, is_good) in [(Some("one"), true), (None, true), (Some("two"), false)] {
        let signed = unsigned("ES256", kid);
        let token = token(&signed, sign(&signed).as_ref());
        assert_eq!(verify(&keys, &token).is_ok(), is_good, "{kid:?}");
    }
    let signed = unsigned("ES384", None);
    assert!(verify(&keys, &token(&signed, sign(&signed).as_ref())).is_err());
}

#[test]
fn edwards_signatures_are_verified() {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
    let x = URL_SAFE_NO_PAD.encode(pair.public_key());
    let keys = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": x }] });
    let signed = unsigned("EdDSA", None);
    let token = token(&signed, pair.sign(signed.as_bytes()).as_ref());
    assert!(verify(&Keys::of_json(&keys), &token).is_ok());
}

#[test]
fn a_public_key_is_no_shared_secret_and_no_signature_is_none() {
    let keys = Keys::of_json(&json!({ "keys": [{ "kty": "RSA", "n": RFC_N, "e": "AQAB" }] }));
    let signed = unsigned("HS256", None);
    let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, RFC_N.as_bytes());
    let forged = token(&signed, ring::hmac::sign(&secret, signed.as_bytes()).as_ref());
    assert_eq!(verify(&keys, &forged), Err(Unfit::Signature));
    for algorithm in ["none", "None", ""] {
        assert!(verify(&keys, &token(&unsigned(algorithm, None), b"")).is_err(), "{algorithm}");
    }
    assert_eq!(verify(&Keys::default(), RFC_TOKEN), Err(Unfit::Signature));
}

#[test]
fn a_shared_secret_verifies_its_own_algorithm_only() {
    let key = Key::shared("a secret of a test");
    let secret = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"a secret of a test");
    for (algorithm, is_good) in [("HS256", true), ("HS512", false), ("RS256", false)] {
        let signed = unsigned(algorithm, None);
        let token = token(&signed, ring::hmac::sign(&secret, signed.as_bytes()).as_ref());
        assert_eq!(key.signed(&Jwt::parse(&token).unwrap()), is_good, "{algorithm}");
    }
}

#[test]
fn keys_that_encrypt_or_are_unknown_are_left_out() {
    let keys = Keys::of_json(&json!({ "keys": [
        { "kty": "RSA", "use": "enc", "n": RFC_N, "e": "AQAB" },
        { "kty": "oct", "k": "c2VjcmV0" },
        { "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" },
        { "kty": "EC", "crv": "secp256k1" },
        "nonsense",
    ] }));
    assert!(keys.is_empty());
    assert!(Keys::of_json(&Value::Null).is_empty());
}
