use proptest::prelude::*;

use super::*;

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn networks(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn special_purpose_addresses_are_refused_by_their_kind() {
    use EgressRule::*;
    let rules = EgressRules::guarded(Vec::new());
    for (text, rule) in [
        ("0.0.0.0", Unspecified),
        ("0.255.255.255", Unspecified),
        ("10.0.0.0", Private),
        ("10.255.255.255", Private),
        ("100.64.0.0", Shared),
        ("100.127.255.255", Shared),
        ("127.0.0.1", Loopback),
        ("127.255.255.255", Loopback),
        ("169.254.169.254", LinkLocal),
        ("172.16.0.0", Private),
        ("172.31.255.255", Private),
        ("192.0.0.192", Reserved),
        ("192.0.2.1", Documentation),
        ("192.88.99.1", Reserved),
        ("192.168.0.1", Private),
        ("198.18.0.1", Reserved),
        ("198.19.255.255", Reserved),
        ("198.51.100.7", Documentation),
        ("203.0.113.7", Documentation),
        ("224.0.0.1", Multicast),
        ("239.255.255.255", Multicast),
        ("240.0.0.1", Reserved),
        ("255.255.255.254", Reserved),
        ("255.255.255.255", Broadcast),
        ("::", Unspecified),
        ("::1", Loopback),
        ("100::1", Reserved),
        ("2001::1", Reserved),
        ("2001:1ff:ffff::1", Reserved),
        ("2001:db8::1", Documentation),
        ("3fff:fff::1", Documentation),
        ("4000::1", Reserved),
        ("5f00::1", Reserved),
        ("64:ff9b:1::1", Reserved),
        ("fc00::1", Private),
        ("fd00:ec2::254", Private),
        ("fe80::1", LinkLocal),
        ("febf::1", LinkLocal),
        ("fec0::1", Private),
        ("ff02::1", Multicast),
    ] {
        assert_eq!(rules.check(address(text)), Err(rule), "{text}");
        assert_eq!(EgressRules::everything().check(address(text)), Ok(()), "{text}");
    }
}

#[test]
fn public_addresses_are_permitted_up_to_the_edges_of_what_is_not() {
    let rules = EgressRules::guarded(Vec::new());
    for text in [
        "1.0.0.0",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2001:200::1",
        "2001:db7:ffff::1",
        "2001:db9::1",
        "2600:1f18::1",
        "2a00:1450:4001:80b::200e",
        "3ffe::1",
    ] {
        assert_eq!(rules.check(address(text)), Ok(()), "{text}");
    }
}

#[test]
fn an_embedded_address_is_judged_as_what_it_stands_for() {
    let rules = EgressRules::guarded(Vec::new());
    for (text, rule) in [
        ("::ffff:127.0.0.1", EgressRule::Loopback),
        ("::ffff:a9fe:a9fe", EgressRule::LinkLocal),
        ("::10.1.2.3", EgressRule::Private),
        ("::ffff:0:192.168.1.1", EgressRule::Private),
        ("64:ff9b::127.0.0.1", EgressRule::Loopback),
        ("64:ff9b::169.254.169.254", EgressRule::LinkLocal),
        ("2002:7f00:1::", EgressRule::Loopback),
        ("2002:a9fe:a9fe::1", EgressRule::LinkLocal),
        ("2002:0a00:0001::1", EgressRule::Private),
    ] {
        assert_eq!(rules.check(address(text)), Err(rule), "{text}");
    }
    for text in ["::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"] {
        assert_eq!(rules.check(address(text)), Ok(()), "{text}");
    }
}

#[test]
fn what_is_allowed_is_permitted_and_nothing_besides() {
    let rules = EgressRules::guarded(networks(&["10.1.0.0/16", "127.0.0.1/32", "fd12::/16"]));
    for text in [
        "10.1.255.255",
        "127.0.0.1",
        "fd12::9",
        "::ffff:10.1.0.1",
        "64:ff9b::10.1.0.1",
        "8.8.8.8",
    ] {
        assert_eq!(rules.check(address(text)), Ok(()), "{text}");
    }
    for text in [
        "10.2.0.0",
        "127.0.0.2",
        "fd13::9",
        "::1",
        "::ffff:10.2.0.1",
        "2002:7f00:2::",
    ] {
        assert!(rules.check(address(text)).is_err(), "{text}");
    }
}

proptest! {
    /// No way of writing an IPv4 address as an IPv6 address gets around a rule.
    #[test]
    fn every_embedding_of_an_address_meets_its_rule(bits: u32, suffix: u64) {
        let rules = EgressRules::guarded(Vec::new());
        let plain = Ipv4Addr::from(bits);
        let (high, low) = ((bits >> 16) as u16, bits as u16);
        let expected = rules.check(IpAddr::V4(plain));
        let six_to_four = u128::from(0x2002_u16) << 112 | u128::from(bits) << 80 | u128::from(suffix);
        let mut forms = vec![
            plain.to_ipv6_mapped(),
            Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, high, low),
            Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
            Ipv6Addr::from(six_to_four),
        ];
        if bits > 1 {
            forms.push(Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low));
        }
        for form in forms {
            prop_assert_eq!(rules.check(IpAddr::V6(form)), expected, "{}", form);
        }
    }

    /// The standard library's own predicates agree wherever they have an opinion.
    #[test]
    fn the_standard_library_agrees(bits: u32) {
        let address = Ipv4Addr::from(bits);
        let is_special = address.is_loopback()
            || address.is_private()
            || address.is_link_local()
            || address.is_multicast()
            || address.is_broadcast()
            || address.is_unspecified()
            || address.is_documentation();
        if is_special {
            prop_assert!(EgressRules::guarded(Vec::new()).check(IpAddr::V4(address)).is_err());
        }
    }
}
