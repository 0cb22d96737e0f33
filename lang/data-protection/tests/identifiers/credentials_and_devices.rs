//! Credentials, addresses of machines, and mailboxes.

use crate::Case;

const KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

pub(crate) const CASES: &[Case] = &[
    Case {
        identifier: "AwsSecretKey",
        positive: &[
            (
                "aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                KEY,
            ),
            (
                r#"{"secretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}"#,
                KEY,
            ),
            ("Credentials: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY.", KEY),
        ],
        negative: &[
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "secret key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE",
            "secret key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEYx",
            "secret key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY=",
            "secret key +wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "secret key da39a3ee5e6b4b0d3255bfef95601890afd80709",
        ],
    },
    Case {
        identifier: "OpenSshPrivateKey",
        positive: &[
            (
                "a -----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY----- b",
                "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n-----END OPENSSH PRIVATE KEY-----",
            ),
            (
                "cut -----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl",
                "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl",
            ),
        ],
        negative: &[
            "-----BEGIN OPENSSH PUBLIC KEY-----",
            "-----END OPENSSH PRIVATE KEY-----",
        ],
    },
    Case {
        identifier: "PgpPrivateKey",
        positive: &[(
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\\nlQO\\n-----END PGP PRIVATE KEY BLOCK-----\\n",
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\\nlQO\\n-----END PGP PRIVATE KEY BLOCK-----",
        )],
        negative: &["-----BEGIN PGP PUBLIC KEY BLOCK-----\nmQI\n-----END PGP PUBLIC KEY BLOCK-----"],
    },
    Case {
        identifier: "PkcsPrivateKey",
        positive: &[
            (
                "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\n",
                "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----",
            ),
            (
                "-----BEGIN ENCRYPTED PRIVATE KEY-----MII-----END ENCRYPTED PRIVATE KEY-----",
                "-----BEGIN ENCRYPTED PRIVATE KEY-----MII-----END ENCRYPTED PRIVATE KEY-----",
            ),
        ],
        negative: &["-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----"],
    },
    Case {
        identifier: "PuttyPrivateKey",
        positive: &[(
            "PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 1\nAAA\nPrivate-MAC: 01ab\nrest",
            "PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 1\nAAA\nPrivate-MAC: 01ab",
        )],
        negative: &["PuTTY is a client", "Private-MAC: 01ab"],
    },
    Case {
        identifier: "EmailAddress",
        positive: &[
            (
                "to jane.doe+tag@mail.example.co.uk, please",
                "jane.doe+tag@mail.example.co.uk",
            ),
            ("<a@b.io>.", "a@b.io"),
            (r#"{"mail":"x_y%z@exa-mple.com"}"#, "x_y%z@exa-mple.com"),
            ("mailto:é@x me@xn--bcher-kva.example", "me@xn--bcher-kva.example"),
            ("end of sentence a@b.com.", "a@b.com"),
            ("...dots@b.com", "dots@b.com"),
            ("a@b.com-", "a@b.com"),
        ],
        negative: &[
            "a@b",
            "@b.com",
            "a@.com",
            "a@b..com",
            "a.@b.com",
            "a..b@c.com",
            "a@-b.com",
            "a@1.2.3.4",
            "user @ example.com",
            "@@@@",
        ],
    },
    Case {
        identifier: "IpAddress",
        positive: &[
            ("from 192.168.0.1 to", "192.168.0.1"),
            ("10.0.0.1:8080", "10.0.0.1"),
            ("IP:10.0.0.255/24", "10.0.0.255"),
            ("it is 127.0.0.1.", "127.0.0.1"),
            ("[2001:db8::8a2e:370:7334]:443", "2001:db8::8a2e:370:7334"),
            ("fe80::1%eth0", "fe80::1"),
            ("::1", "::1"),
            ("is ::ffff:10.0.0.1:", "::ffff:10.0.0.1"),
            (
                "2001:0db8:0000:0000:0000:ff00:0042:8329",
                "2001:0db8:0000:0000:0000:ff00:0042:8329",
            ),
        ],
        negative: &[
            "1.2.3",
            "1.2.3.4.5",
            "256.1.1.1",
            "v1.2.3.4",
            "1.2.3.4rc",
            "std::vector",
            "a :: b",
            "12:34:56",
            "aa:bb:cc:dd:ee:ff",
            "01.02.03.04",
        ],
    },
];
