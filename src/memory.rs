//! Memory that is used again.

/// An empty list in the memory of another, whose items were of the same size.
///
/// The standard library collects in place what comes out of a list; were it not to, the list would
/// be as empty, and grow anew.
pub(crate) fn reused<T, U>(mut list: Vec<T>) -> Vec<U> {
    list.clear();
    list.into_iter().filter_map(|_| None).collect()
}

/// Makes room for so many more items; a list that has none yet costs less to make than to grow.
pub(crate) fn make_room<T>(list: &mut Vec<T>, items: usize) {
    if list.capacity() == 0 {
        *list = Vec::with_capacity(items);
    } else {
        list.reserve(items);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_made_beside_what_is_there() {
        let mut list: Vec<u8> = Vec::new();
        make_room(&mut list, 10);
        assert!(list.is_empty() && list.capacity() >= 10);
        list.extend(0..10);
        make_room(&mut list, 10);
        assert!(list.iter().copied().eq(0..10) && list.capacity() >= 20);
    }

    #[test]
    fn a_list_keeps_its_memory_under_another_lifetime() {
        let text = "borrowed".to_owned();
        let words: Vec<&str> = vec![text.as_str(); 100];
        let place = words.as_ptr();
        let other: Vec<&'static str> = reused(words);
        assert!(other.is_empty() && other.capacity() >= 100);
        assert_eq!(other.as_ptr(), place);
    }
}
