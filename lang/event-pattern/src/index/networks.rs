use super::posting::Posting;
use hashbrown::HashMap;
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Branches by the network that an address has to be of: by the length of the mask, then by the network.
#[derive(Debug, Default)]
pub(super) struct Networks(BTreeMap<u8, HashMap<IpNet, Posting>>);

impl Networks {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, network: IpNet) -> Option<&Posting> {
        self.0.get(&network.prefix_len())?.get(&network)
    }

    pub(super) fn edit(&mut self, network: IpNet, edit: &dyn Fn(&mut Posting)) {
        let networks = self.0.entry(network.prefix_len()).or_default();
        let posting = networks.entry(network).or_default();
        edit(posting);
        if posting.is_empty() {
            networks.remove(&network);
        }
        if networks.is_empty() {
            self.0.remove(&network.prefix_len());
        }
    }

    /// Finds what is filed under networks that an address is of.
    pub(super) fn find(&self, address: IpAddr, found: &mut dyn FnMut(&Posting)) {
        for (mask, networks) in &self.0 {
            // A mask may be longer than the address: then the networks are of the other version.
            let network = IpNet::new(address, *mask).map(|network| network.trunc());
            if let Some(posting) = network.ok().and_then(|network| networks.get(&network)) {
                found(posting);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_find_their_networks() {
        let networks = [
            "10.0.0.0/8",
            "10.1.0.0/16",
            "10.1.2.0/24",
            "0.0.0.0/0",
            "2001:db8::/32",
            "::/0",
        ];
        let networks = networks.map(|network| network.parse::<IpNet>().unwrap());
        let mut index = Networks::default();
        for (number, network) in (0..).zip(networks) {
            index.edit(network, &|posting| posting.insert_ungated(number));
        }
        for (address, expected) in [
            ("10.1.2.3", &[3, 0, 1, 2][..]),
            ("10.2.2.3", &[3, 0]),
            ("11.0.0.0", &[3]),
            ("2001:db8::1", &[5, 4]),
            ("2001:db9::1", &[5]),
        ] {
            let mut found = Vec::new();
            index.find(address.parse().unwrap(), &mut |posting| {
                found.extend(posting.here());
            });
            assert_eq!(found, expected, "{address}");
        }
        for (number, network) in (0..).zip(networks) {
            assert!(index.get(network).is_some());
            index.edit(network, &|posting| posting.remove(number));
            assert!(index.get(network).is_none());
        }
        assert!(index.is_empty());
    }
}
