//! The stubs of a world, kept in memory, ready to answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::corezoid::rules::outbound::{Ready, Seen, Stub, ready_all};
use crate::corezoid::store::outbound as store;
use crate::kernel::db::Access;
use crate::kernel::remembered::Remembered;
use crate::kernel::world::World;

/// Stubs by their positions. In memory until the list is put anew.
#[derive(Default)]
pub(super) struct Shelf(Remembered<Vec<(i64, Arc<Ready>)>>);

/// Stubs that hold as long as somebody needs them, each with how often it still answers.
#[derive(Default)]
struct Loans(Mutex<Vec<(u64, Vec<Loan>)>>);

struct Loan {
    stub: Arc<Ready>,
    left: Option<i64>,
}

/// Stubs lent to a world; they are taken back when this is dropped.
pub(crate) struct Lent {
    loans: Arc<Loans>,
    number: u64,
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.loans.lock().retain(|(number, _)| *number != self.number);
    }
}

impl Loans {
    fn lock(&self) -> MutexGuard<'_, Vec<(u64, Vec<Loan>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first that answers a call, and its position, which is negative: -1 is the first.
    fn pick(&self, seen: &Seen<'_>, title: Option<&str>) -> Option<(i64, Arc<Ready>)> {
        let mut loans = self.lock();
        let all = loans.iter_mut().flat_map(|(_, loans)| (1_i64..).zip(loans));
        for (position, loan) in all {
            if loan.left != Some(0) && loan.stub.fits(seen) && loan.stub.is_of(seen.node, title) {
                loan.left = loan.left.map(|left| left - 1);
                return Some((-position, Arc::clone(&loan.stub)));
            }
        }
        None
    }
}

/// Lends stubs to a world: they answer before its own.
///
/// # Errors
/// A stub is none, in words for whoever sent it.
pub(crate) fn lend(world: &World, stubs: Vec<Stub>) -> Result<Lent, String> {
    let ready =
        ready_all(stubs).map_err(|wrong| format!("body: stubs{}: {}", wrong.place(), wrong.message))?;
    let loan = |ready: Ready| Loan { left: ready.stub.times.map(i64::from), stub: Arc::new(ready) };
    let loans = world.part::<Loans>();
    let number = {
        let mut all = loans.lock();
        let number = all.last().map_or(0, |(number, _)| number + 1);
        all.push((number, ready.into_iter().map(loan).collect()));
        number
    };
    Ok(Lent { loans, number })
}

/// The first stub that answers a call, and its position. Where it answers a limited number of times, this one is counted.
pub(super) async fn pick(world: &World, seen: &Seen<'_>) -> Result<Option<(i64, Arc<Ready>)>, sqlx::Error> {
    let loans = world.part::<Loans>();
    if !loans.lock().is_empty() {
        let title = title_of(world, seen.node).await?;
        if let Some(found) = loans.pick(seen, title.as_deref()) {
            return Ok(Some(found));
        }
    }
    let shelf = world.part::<Shelf>();
    let stubs = shelf.0.get(read(world)).await?;
    let fitting: Vec<_> = stubs.iter().filter(|(_, stub)| stub.fits(seen)).collect();
    let mut title = None;
    if fitting.iter().any(|(_, stub)| !stub.is_of(seen.node, None)) {
        title = title_of(world, seen.node).await?;
    }
    for (position, stub) in fitting {
        if stub.is_of(seen.node, title.as_deref())
            && (stub.stub.times.is_none() || claim(world, *position).await?)
        {
            return Ok(Some((*position, Arc::clone(stub))));
        }
    }
    Ok(None)
}

/// The list was put anew.
pub(super) fn forget(world: &World) {
    world.part::<Shelf>().0.forget();
}

async fn read(world: &World) -> Result<Vec<(i64, Arc<Ready>)>, sqlx::Error> {
    let mut unit = world.db.begin(Access::Read).await?;
    let rows = store::list(unit.conn()).await;
    unit.rollback().await?;
    let rows = rows?;
    let stubs: Vec<Stub> = rows
        .iter()
        .map(|row| serde_json::from_str(&row.stub).map_err(|error| sqlx::Error::Decode(error.into())))
        .collect::<Result<_, _>>()?;
    // Each was ready when it was stored.
    let ready = ready_all(stubs).map_err(|wrong| sqlx::Error::Decode(wrong.message.into()))?;
    Ok(rows.iter().map(|row| row.position).zip(ready.into_iter().map(Arc::new)).collect())
}

async fn title_of(world: &World, node: &str) -> Result<Option<String>, sqlx::Error> {
    let nodes = serde_json::Value::from(vec![node]).to_string();
    let mut unit = world.db.begin(Access::Read).await?;
    let titles = store::titles(unit.conn(), &nodes).await;
    unit.rollback().await?;
    Ok(titles?.pop().map(|(_, title)| title))
}

async fn claim(world: &World, position: i64) -> Result<bool, sqlx::Error> {
    let mut unit = world.db.begin(Access::Single).await?;
    let claimed = store::claim(unit.conn(), position).await?;
    unit.commit(&world.ids).await?;
    Ok(claimed)
}
