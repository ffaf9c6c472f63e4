//! Working out a fun: patterns, guards, operators. Pure.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::call;
use super::parser::{Clause, Expr};
use super::term::Term;

/// What went wrong, in words for whoever wrote the fun.
#[derive(Debug)]
pub(super) struct Failure(pub(super) String);

/// Longest list or text that a fun may make.
pub(super) const LONGEST: usize = 1 << 20;

type Bound = HashMap<String, Term>;

pub(super) fn fail<T>(text: impl Into<String>) -> Result<T, Failure> {
    Err(Failure(text.into()))
}

/// The value of the first clause that fits.
pub(super) fn apply(clauses: &[Clause], argument: &Term) -> Result<Term, Failure> {
    for clause in clauses {
        let mut bound = Bound::new();
        if fits(&clause.pattern, argument, &mut bound) && passes(&clause.guard, &bound) {
            let mut last = Term::Atom("ok".to_owned());
            for expr in &clause.body {
                last = value(expr, &mut bound)?;
            }
            return Ok(last);
        }
    }
    fail(format!("no clause of the fun fits {argument}"))
}

/// An error in a guard is a no.
fn passes(guard: &[Vec<Expr>], bound: &Bound) -> bool {
    let holds = |expr: &Expr| value(expr, &mut bound.clone()).is_ok_and(|term| term == Term::truth(true));
    guard.is_empty() || guard.iter().any(|all| all.iter().all(holds))
}

fn fits(pattern: &Expr, term: &Term, bound: &mut Bound) -> bool {
    match (pattern, term) {
        (Expr::Var(name), _) if name == "_" => true,
        (Expr::Var(name), _) => {
            if let Some(known) = bound.get(name) {
                return known == term;
            }
            bound.insert(name.clone(), term.clone());
            true
        }
        (Expr::Term(expected), _) => expected == term,
        (Expr::Tuple(patterns), Term::Tuple(terms)) => {
            patterns.len() == terms.len()
                && patterns.iter().zip(terms).all(|(pattern, term)| fits(pattern, term, bound))
        }
        (Expr::List(patterns, tail), Term::List(terms)) => {
            let enough =
                if tail.is_some() { terms.len() >= patterns.len() } else { terms.len() == patterns.len() };
            enough
                && patterns.iter().zip(terms).all(|(pattern, term)| fits(pattern, term, bound))
                && tail.as_ref().is_none_or(|tail| {
                    let rest = terms.get(patterns.len()..).unwrap_or_default().to_vec();
                    fits(tail, &Term::List(rest), bound)
                })
        }
        (Expr::Match(left, right), _) => fits(left, term, bound) && fits(right, term, bound),
        (Expr::Not("-", inner), Term::Int(n)) => {
            matches!(**inner, Expr::Term(Term::Int(expected)) if expected.checked_neg() == Some(*n))
        }
        _ => false,
    }
}

fn values(exprs: &[Expr], bound: &mut Bound) -> Result<Vec<Term>, Failure> {
    exprs.iter().map(|expr| value(expr, bound)).collect()
}

fn value(expr: &Expr, bound: &mut Bound) -> Result<Term, Failure> {
    match expr {
        Expr::Term(term) => Ok(term.clone()),
        Expr::Var(name) => {
            bound.get(name).cloned().map_or_else(|| fail(format!("variable {name} is not bound")), Ok)
        }
        Expr::Tuple(terms) => values(terms, bound).map(Term::Tuple),
        Expr::List(terms, tail) => {
            let mut list = values(terms, bound)?;
            match tail.as_ref().map(|tail| value(tail, bound)).transpose()? {
                None => {}
                Some(Term::List(rest)) => list.extend(rest),
                Some(other) => return fail(format!("{other} is no list to go on with")),
            }
            Ok(Term::List(list))
        }
        Expr::Map(pairs) => {
            let mut map: Vec<(Term, Term)> = Vec::with_capacity(pairs.len());
            for (key, made) in pairs {
                let (key, made) = (value(key, bound)?, value(made, bound)?);
                match map.iter_mut().find(|(known, _)| *known == key) {
                    Some(known) => known.1 = made,
                    None => map.push((key, made)),
                }
            }
            Ok(Term::Map(map))
        }
        Expr::Not(operator, inner) => negated(operator, value(inner, bound)?),
        Expr::Binary("andalso", left, right) => {
            if truth(value(left, bound)?, "andalso")? {
                value(right, bound)
            } else {
                Ok(Term::truth(false))
            }
        }
        Expr::Binary("orelse", left, right) => {
            if truth(value(left, bound)?, "orelse")? {
                Ok(Term::truth(true))
            } else {
                value(right, bound)
            }
        }
        Expr::Binary(operator, left, right) => {
            let (left, right) = (value(left, bound)?, value(right, bound)?);
            operate(operator, left, right)
        }
        Expr::Match(pattern, made) => {
            let term = value(made, bound)?;
            if fits(pattern, &term, bound) {
                Ok(term)
            } else {
                fail(format!("nothing on the left of = fits {term}"))
            }
        }
        Expr::Call(module, name, arguments) => {
            let arguments = values(arguments, bound)?;
            call::call(module, name, arguments)
        }
    }
}

fn truth(term: Term, operator: &str) -> Result<bool, Failure> {
    match term {
        Term::Atom(word) if word == "true" => Ok(true),
        Term::Atom(word) if word == "false" => Ok(false),
        other => fail(format!("{operator} needs true or false, not {other}")),
    }
}

fn negated(operator: &str, term: Term) -> Result<Term, Failure> {
    match (operator, term) {
        ("+", term @ (Term::Int(_) | Term::Float(_))) => Ok(term),
        ("-", Term::Int(n)) => whole(n.checked_neg()),
        ("-", Term::Float(n)) => Ok(Term::Float(-n)),
        ("bnot", Term::Int(n)) => Ok(Term::Int(!n)),
        ("not", term) => truth(term, "not").map(|value| Term::truth(!value)),
        (operator, term) => fail(format!("{operator} cannot be used with {term}")),
    }
}

fn whole(n: Option<i64>) -> Result<Term, Failure> {
    n.map_or_else(|| fail("the number is too large"), |n| Ok(Term::Int(n)))
}

fn float(n: f64) -> Result<Term, Failure> {
    if n.is_finite() { Ok(Term::Float(n)) } else { fail("the number is too large") }
}

fn operate(operator: &str, left: Term, right: Term) -> Result<Term, Failure> {
    use Term::{Float, Int};
    let compared = |holds: fn(Ordering) -> bool| Ok(Term::truth(holds(left.compare(&right))));
    match operator {
        "==" => return compared(Ordering::is_eq),
        "/=" => return compared(Ordering::is_ne),
        "<" => return compared(Ordering::is_lt),
        ">" => return compared(Ordering::is_gt),
        "=<" => return compared(Ordering::is_le),
        ">=" => return compared(Ordering::is_ge),
        "=:=" => return Ok(Term::truth(left == right)),
        "=/=" => return Ok(Term::truth(left != right)),
        _ => {}
    }
    match (operator, left, right) {
        ("+", Int(a), Int(b)) => whole(a.checked_add(b)),
        ("-", Int(a), Int(b)) => whole(a.checked_sub(b)),
        ("*", Int(a), Int(b)) => whole(a.checked_mul(b)),
        ("div" | "rem", Int(_), Int(0)) => fail("divided by zero"),
        ("div", Int(a), Int(b)) => whole(a.checked_div(b)),
        ("rem", Int(a), Int(b)) => whole(a.checked_rem(b)),
        ("band", Int(a), Int(b)) => Ok(Int(a & b)),
        ("bor", Int(a), Int(b)) => Ok(Int(a | b)),
        ("bxor", Int(a), Int(b)) => Ok(Int(a ^ b)),
        ("bsl", Int(a), Int(b)) => whole(shifted(a, b)),
        ("bsr", Int(a), Int(b)) => whole(b.checked_neg().and_then(|b| shifted(a, b))),
        ("/", a @ (Int(_) | Float(_)), b @ (Int(_) | Float(_))) => {
            if b.float() == 0.0 {
                fail("divided by zero")
            } else {
                float(a.float() / b.float())
            }
        }
        ("+", a @ (Int(_) | Float(_)), b @ (Int(_) | Float(_))) => float(a.float() + b.float()),
        ("-", a @ (Int(_) | Float(_)), b @ (Int(_) | Float(_))) => float(a.float() - b.float()),
        ("*", a @ (Int(_) | Float(_)), b @ (Int(_) | Float(_))) => float(a.float() * b.float()),
        ("++", Term::List(mut a), Term::List(b)) => {
            if a.len() + b.len() > LONGEST {
                return fail("the list is too long");
            }
            a.extend(b);
            Ok(Term::List(a))
        }
        ("--", Term::List(mut a), Term::List(b)) => {
            for gone in &b {
                if let Some(at) = a.iter().position(|term| term == gone) {
                    a.remove(at);
                }
            }
            Ok(Term::List(a))
        }
        (word @ ("and" | "or" | "xor"), a, b) => {
            let (a, b) = (truth(a, word)?, truth(b, word)?);
            Ok(Term::truth(match word {
                "and" => a && b,
                "or" => a || b,
                _ => a != b,
            }))
        }
        (operator, a, b) => fail(format!("{operator} cannot be used with {a} and {b}")),
    }
}

/// `bsl`; a negative count shifts to the right. `None`: the number grows too large.
fn shifted(n: i64, by: i64) -> Option<i64> {
    if by < 0 {
        return Some(n >> by.unsigned_abs().min(63));
    }
    let by = u32::try_from(by).ok().filter(|by| *by < 63)?;
    n.checked_mul(1_i64 << by)
}
