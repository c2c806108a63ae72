//! The command line, taken apart by what is asked of it.

use std::path::PathBuf;

use crate::trouble::Trouble;

/// Words that have not been asked for yet.
#[derive(Clone, Debug)]
pub(crate) struct Arguments(Vec<String>);

impl Arguments {
    /// Those of this process.
    pub(crate) fn of_process() -> Self {
        Arguments(std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect())
    }

    /// The next word that is no option.
    pub(crate) fn word(&mut self) -> Option<String> {
        let place = self.0.iter().position(|word| !word.starts_with('-'))?;
        Some(self.0.remove(place))
    }

    /// Whether a flag is given.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() < before
    }

    /// The value of an option: `--name VALUE` or `--name=VALUE`.
    pub(crate) fn value(&mut self, name: &str) -> Result<Option<String>, Trouble> {
        let Some(place) = self.0.iter().position(|word| word.split('=').next() == Some(name)) else { return Ok(None) };
        let word = self.0.remove(place);
        if let Some((_, value)) = word.split_once('=') {
            return Ok(Some(value.to_owned()));
        }
        if self.0.get(place).is_some_and(|next| !next.starts_with("--")) {
            return Ok(Some(self.0.remove(place)));
        }
        Err(Trouble::Usage(format!("`{name}` wants a value after it, see `cargo xtask --help`")))
    }

    /// The value of an option as a path.
    pub(crate) fn path(&mut self, name: &str) -> Result<Option<PathBuf>, Trouble> {
        Ok(self.value(name)?.map(PathBuf::from))
    }

    /// The value of an option in another type.
    pub(crate) fn parsed<T: core::str::FromStr>(&mut self, name: &str, wanted: &str) -> Result<Option<T>, Trouble> {
        let Some(value) = self.value(name)? else { return Ok(None) };
        value.parse().map(Some).map_err(|_| Trouble::Usage(format!("`{name} {value}`: write {wanted}")))
    }

    /// Nothing may be left over.
    pub(crate) fn end(self) -> Result<(), Trouble> {
        match self.0.first() {
            None => Ok(()),
            Some(word) => Err(Trouble::Usage(format!("`{word}` is not known here, see `cargo xtask --help`"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Arguments {
        Arguments(line.split(' ').map(str::to_owned).collect())
    }

    #[test]
    fn options_come_in_any_order() {
        let mut arguments = arguments("demo --speed 2.5 --once --http=127.0.0.1:0");
        assert!(arguments.flag("--once") && !arguments.flag("--headless"));
        assert_eq!(arguments.word().as_deref(), Some("demo"));
        assert_eq!(arguments.parsed("--speed", "a number"), Ok(Some(2.5)));
        assert_eq!(arguments.value("--http"), Ok(Some("127.0.0.1:0".to_owned())));
        assert_eq!(arguments.end(), Ok(()));
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let mistake = arguments("--speed fast").parsed::<f64>("--speed", "a number like 2").unwrap_err();
        assert_eq!(mistake, Trouble::Usage("`--speed fast`: write a number like 2".to_owned()));
        assert!(arguments("--summary --once").value("--summary").is_err());
        assert!(arguments("--onec").end().unwrap_err().to_string().contains("--onec"));
    }
}
