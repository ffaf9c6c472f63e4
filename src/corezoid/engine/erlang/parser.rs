//! From words to clauses and expressions. Pure.

use super::lexer::Token;
use super::term::Term;

/// `(Pattern) when Guard -> Body`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clause {
    pub(super) pattern: Expr,
    /// Alternatives, each a list of which all must be true.
    pub(super) guard: Vec<Vec<Expr>>,
    pub(super) body: Vec<Expr>,
}

/// An expression; patterns are expressions too.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    Term(Term),
    Var(String),
    List(Vec<Self>, Option<Box<Self>>),
    Tuple(Vec<Self>),
    Map(Vec<(Self, Self)>),
    Not(&'static str, Box<Self>),
    Binary(&'static str, Box<Self>, Box<Self>),
    Match(Box<Self>, Box<Self>),
    /// Module (`erlang` if none is named), function, arguments.
    Call(String, String, Vec<Self>),
}

/// Deepest nesting of an expression.
const DEPTH: usize = 100;

/// Operators by level, the loosest first; those of words are atoms to the lexer. `++` and `--` bind to the right.
const LEVELS: &[&[&str]] = &[
    &["orelse"],
    &["andalso"],
    &["==", "/=", "=<", "<", ">=", ">", "=:=", "=/="],
    &["++", "--"],
    &["+", "-", "bor", "bxor", "bsl", "bsr", "or", "xor"],
    &["/", "*", "div", "rem", "band", "and"],
];
const TO_THE_RIGHT: usize = 3;
const PREFIXES: &[&str] = &["-", "+", "bnot", "not"];
/// Words of the language that are not understood here.
const REFUSED: &[&str] = &["case", "if", "try", "receive", "begin", "catch", "fun"];

/// A whole `fun … end`.
pub(super) fn fun(tokens: &[Token]) -> Result<Vec<Clause>, String> {
    let mut parser = Parser { tokens, at: 0 };
    if !parser.word("fun") {
        return Err("expected fun(…) -> … end".to_owned());
    }
    let mut clauses = vec![parser.clause()?];
    while parser.sign(";") {
        clauses.push(parser.clause()?);
    }
    if !parser.word("end") {
        return Err(parser.unexpected("end"));
    }
    if parser.at < tokens.len() { Err(parser.unexpected("nothing more")) } else { Ok(clauses) }
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Atom(found)) if found == word);
        self.at += usize::from(found);
        found
    }

    fn need(&mut self, sign: &str) -> Result<(), String> {
        if self.sign(sign) { Ok(()) } else { Err(self.unexpected(sign)) }
    }

    fn unexpected(&self, wanted: &str) -> String {
        match self.peek() {
            None => format!("expected {wanted}, found the end of the text"),
            Some(Token::Sign(sign)) => format!("expected {wanted}, found {sign}"),
            Some(Token::Atom(word) | Token::Var(word)) => format!("expected {wanted}, found {word}"),
            Some(_) => format!("expected {wanted}, found a value"),
        }
    }

    fn clause(&mut self) -> Result<Clause, String> {
        self.need("(")?;
        let pattern = self.expr(0)?;
        self.need(")")?;
        let mut guard = Vec::new();
        if self.word("when") {
            guard.push(self.list()?);
            while self.sign(";") {
                guard.push(self.list()?);
            }
        }
        self.need("->")?;
        Ok(Clause { pattern, guard, body: self.list()? })
    }

    /// Expressions with commas between them.
    fn list(&mut self) -> Result<Vec<Expr>, String> {
        let mut list = vec![self.expr(0)?];
        while self.sign(",") {
            list.push(self.expr(0)?);
        }
        Ok(list)
    }

    fn expr(&mut self, depth: usize) -> Result<Expr, String> {
        let left = self.level(0, depth)?;
        if self.sign("=") {
            return Ok(Expr::Match(left.into(), self.expr(depth + 1)?.into()));
        }
        Ok(left)
    }

    fn operator(&mut self, level: usize) -> Option<&'static str> {
        let words = LEVELS.get(level)?;
        let found = match self.peek()? {
            Token::Sign(sign) => words.iter().find(|word| *word == sign),
            Token::Atom(atom) => words.iter().find(|word| *word == atom),
            _ => None,
        };
        self.at += usize::from(found.is_some());
        found.copied()
    }

    fn level(&mut self, level: usize, depth: usize) -> Result<Expr, String> {
        if depth > DEPTH {
            return Err("the expression is nested too deeply".to_owned());
        }
        if level == LEVELS.len() {
            return self.prefix(depth);
        }
        let mut left = self.level(level + 1, depth)?;
        while let Some(operator) = self.operator(level) {
            let right = if level == TO_THE_RIGHT {
                self.level(level, depth + 1)?
            } else {
                self.level(level + 1, depth)?
            };
            left = Expr::Binary(operator, left.into(), right.into());
        }
        Ok(left)
    }

    fn prefix(&mut self, depth: usize) -> Result<Expr, String> {
        let found = match self.peek() {
            Some(Token::Sign(sign)) => PREFIXES.iter().find(|word| *word == sign),
            Some(Token::Atom(atom)) => PREFIXES.iter().find(|word| *word == atom),
            _ => None,
        };
        if depth > DEPTH {
            return Err("the expression is nested too deeply".to_owned());
        }
        let Some(operator) = found.copied() else { return self.primary(depth) };
        self.at += 1;
        Ok(Expr::Not(operator, self.prefix(depth + 1)?.into()))
    }

    fn primary(&mut self, depth: usize) -> Result<Expr, String> {
        let Some(token) = self.peek().cloned() else { return Err(self.unexpected("a value")) };
        let start = self.at;
        self.at += 1;
        match token {
            Token::Int(n) => Ok(Expr::Term(Term::Int(n))),
            Token::Float(n) => Ok(Expr::Term(Term::Float(n))),
            Token::Binary(text) => Ok(Expr::Term(Term::Binary(text))),
            Token::Text(text) => {
                Ok(Expr::Term(Term::List(text.chars().map(|c| Term::Int(i64::from(u32::from(c)))).collect())))
            }
            Token::Var(name) => Ok(Expr::Var(name)),
            Token::Atom(word) if REFUSED.contains(&word.as_str()) => {
                Err(format!("{word} is not supported here"))
            }
            Token::Atom(word) => self.atom(word, depth),
            Token::Sign("(") => {
                let inner = self.expr(depth + 1)?;
                self.need(")")?;
                Ok(inner)
            }
            Token::Sign("[") => self.list_literal(depth),
            Token::Sign("{") => Ok(Expr::Tuple(self.until("}", depth)?)),
            Token::Sign("#{") => self.map(depth),
            Token::Sign(_) => {
                self.at = start;
                Err(self.unexpected("a value"))
            }
        }
    }

    /// An atom, or a call: `name(…)`, `module:name(…)`.
    fn atom(&mut self, word: String, depth: usize) -> Result<Expr, String> {
        if self.sign(":") {
            let Some(Token::Atom(name)) = self.peek().cloned() else {
                return Err(self.unexpected("a function"));
            };
            self.at += 1;
            self.need("(")?;
            return Ok(Expr::Call(word, name, self.until(")", depth)?));
        }
        if self.sign("(") {
            return Ok(Expr::Call("erlang".to_owned(), word, self.until(")", depth)?));
        }
        Ok(Expr::Term(Term::Atom(word)))
    }

    /// Expressions up to a closing sign.
    fn until(&mut self, close: &str, depth: usize) -> Result<Vec<Expr>, String> {
        let mut list = Vec::new();
        if self.sign(close) {
            return Ok(list);
        }
        loop {
            list.push(self.expr(depth + 1)?);
            if self.sign(close) {
                return Ok(list);
            }
            self.need(",")?;
        }
    }

    fn list_literal(&mut self, depth: usize) -> Result<Expr, String> {
        let mut list = Vec::new();
        if self.sign("]") {
            return Ok(Expr::List(list, None));
        }
        loop {
            list.push(self.expr(depth + 1)?);
            if self.sign("|") {
                let tail = self.expr(depth + 1)?;
                self.need("]")?;
                return Ok(Expr::List(list, Some(tail.into())));
            }
            if self.sign("]") {
                return Ok(Expr::List(list, None));
            }
            self.need(",")?;
        }
    }

    fn map(&mut self, depth: usize) -> Result<Expr, String> {
        let mut pairs = Vec::new();
        if self.sign("}") {
            return Ok(Expr::Map(pairs));
        }
        loop {
            let key = self.expr(depth + 1)?;
            self.need("=>")?;
            pairs.push((key, self.expr(depth + 1)?));
            if self.sign("}") {
                return Ok(Expr::Map(pairs));
            }
            self.need(",")?;
        }
    }
}
