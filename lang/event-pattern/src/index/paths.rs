//! The fields that some pattern names.

use super::access::Access;
use hashbrown::HashMap;
use slab::Slab;

/// The number of a path in the index.
pub(super) type PathId = u32;

/// The paths, as a tree of names.
#[derive(Debug)]
pub(super) struct Paths {
    nodes: Slab<PathNode>,
    root: PathId,
}

#[derive(Debug, Default)]
struct PathNode {
    /// Where it is below, and its name there. The root is below nothing.
    parent: Option<(PathId, Box<str>)>,
    children: HashMap<Box<str>, PathId>,
    /// A bit for the signature of each child's name, and perhaps of some that were there once: most names of an event are of
    /// no child, and needn't be looked up.
    signatures: u64,
    /// How many fields of branches have this path.
    fields: usize,
    /// The branches that have their first anchor here.
    access: Access,
}

impl Default for Paths {
    fn default() -> Self {
        let mut nodes = Slab::new();
        let root = super::as_u32(nodes.insert(PathNode::default()));
        Self { nodes, root }
    }
}

impl Paths {
    pub(super) fn root(&self) -> PathId {
        self.root
    }

    /// The path that a name, which may have dots, leads to. `None` if no pattern names it, nor what is below.
    pub(super) fn child(&self, path: PathId, name: &str) -> Option<PathId> {
        let child = |path: PathId, name: &str| {
            let node = &self.nodes[path as usize];
            match node.signatures & signature(name) {
                0 => None,
                _ => node.children.get(name).copied(),
            }
        };
        // Most names have no dot, and are looked up as they are.
        match child(path, name) {
            None if name.contains('.') => name.split('.').try_fold(path, child),
            found => found,
        }
    }

    /// Whether some pattern names this very path.
    pub(super) fn is_field(&self, path: PathId) -> bool {
        self.nodes[path as usize].fields > 0
    }

    pub(super) fn access(&self, path: PathId) -> &Access {
        &self.nodes[path as usize].access
    }

    pub(super) fn access_mut(&mut self, path: PathId) -> &mut Access {
        &mut self.nodes[path as usize].access
    }

    /// The number of a path, which stays until it is released as often.
    pub(super) fn acquire(&mut self, path: &str) -> PathId {
        let mut current = self.root;
        for name in path.split('.') {
            let known = self.nodes[current as usize].children.get(name).copied();
            current = known.unwrap_or_else(|| {
                let child = super::as_u32(self.nodes.insert(PathNode {
                    parent: Some((current, name.into())),
                    ..PathNode::default()
                }));
                let parent = &mut self.nodes[current as usize];
                parent.children.insert(name.into(), child);
                parent.signatures |= signature(name);
                child
            });
        }
        self.nodes[current as usize].fields += 1;
        current
    }

    /// Gives a path back. What nobody needs any more goes.
    pub(super) fn release(&mut self, path: PathId) {
        self.nodes[path as usize].fields -= 1;
        let mut current = path;
        loop {
            let node = &self.nodes[current as usize];
            if node.fields > 0 || !node.children.is_empty() {
                return;
            }
            let Some((parent, name)) = node.parent.clone() else {
                return;
            };
            self.nodes.remove(current as usize);
            let node = &mut self.nodes[parent as usize];
            node.children.remove(&name);
            if node.children.is_empty() {
                node.signatures = 0;
            }
            current = parent;
        }
    }
}

/// One of 64 bits, by the length of a name and its last character.
fn signature(name: &str) -> u64 {
    let last = name.as_bytes().last().copied().map_or(0, usize::from);
    1 << ((name.len() * 7 + last) % 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_as_long_as_they_are_needed() {
        let mut paths = Paths::default();
        let deep = paths.acquire("a.b.c");
        assert_eq!(paths.acquire("a.b.c"), deep);
        let shallow = paths.acquire("a");
        let root = paths.root();
        assert_eq!(paths.child(root, "a"), Some(shallow));
        assert_eq!(paths.child(shallow, "b.c"), Some(deep));
        assert_eq!(paths.child(root, "a.b.c"), Some(deep));
        assert_eq!(paths.child(root, "b"), None);
        let between = paths.child(root, "a.b").unwrap();
        assert!(paths.is_field(shallow) && paths.is_field(deep) && !paths.is_field(between));

        paths.release(deep);
        assert_eq!(paths.child(root, "a.b.c"), Some(deep));
        paths.release(deep);
        assert_eq!(paths.child(root, "a.b"), None);
        assert_eq!(paths.child(root, "a"), Some(shallow));
        paths.release(shallow);
        assert_eq!(paths.child(root, "a"), None);
        assert_eq!(paths.nodes.len(), 1);
    }
}
