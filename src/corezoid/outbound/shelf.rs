//! The stubs of a world, kept in memory, ready to answer; and those that somebody lends it for a while.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use sqlx::SqliteConnection;

use crate::corezoid::engine::Fault;
use crate::corezoid::rules::outbound::{Asked, Ready, Seen, Stub, ready_all};
use crate::corezoid::store::outbound as store;
use crate::kernel::db::Access;
use crate::kernel::remembered::Remembered;
use crate::kernel::world::World;

/// Every stub of a world.
#[derive(Default)]
pub(super) struct Shelf {
    /// By their positions. In memory until the list is put anew.
    own: Remembered<Vec<(i64, Arc<Ready>)>>,
    /// The last that was lent comes last.
    lent: RwLock<Vec<Arc<Loan>>>,
}

/// Stubs that are lent together.
#[derive(Debug)]
struct Loan(Vec<Held>);

/// A stub that counts in memory only.
#[derive(Debug)]
struct Held {
    stub: Arc<Ready>,
    used: AtomicU32,
}

/// Stubs that answer before the world's own for as long as this is kept.
#[derive(Debug)]
pub(crate) struct Lent {
    shelf: std::sync::Weak<Shelf>,
    loan: Arc<Loan>,
}

/// Which stub it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Of the world, at this position.
    Own(i64),
    /// The one at this position of those that are lent.
    Lent(usize),
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(shelf) = self.shelf.upgrade() {
            let mut lent = shelf.lent.write().unwrap_or_else(PoisonError::into_inner);
            lent.retain(|loan| !Arc::ptr_eq(loan, &self.loan));
        }
    }
}

impl Held {
    /// Counts one answer; false: it has given them all.
    fn claim(&self) -> bool {
        let Some(times) = self.stub.stub.times else { return true };
        let more = |used| (used < times).then_some(used + 1);
        self.used.fetch_update(Ordering::SeqCst, Ordering::SeqCst, more).is_ok()
    }
}

/// Lends stubs to a world: they answer before its own.
///
/// # Errors
/// A stub cannot answer, in words for whoever sent it.
pub(crate) fn lend(world: &World, stubs: Vec<Stub>) -> Result<Lent, String> {
    let held = |stub: Ready| Held { used: stub.stub.used.into(), stub: Arc::new(stub) };
    let ready =
        ready_all(stubs).map_err(|wrong| format!("body: stubs{}: {}", wrong.place(), wrong.message))?;
    let loan = Arc::new(Loan(ready.into_iter().map(held).collect()));
    let shelf = world.part::<Shelf>();
    shelf.lent.write().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&loan));
    Ok(Lent { shelf: Arc::downgrade(&shelf), loan })
}

/// The first stub that answers a call. Where it answers a limited number of times, this one is counted.
pub(super) async fn pick(world: &World, seen: &Seen<'_>) -> Result<Option<(Place, Arc<Ready>)>, sqlx::Error> {
    let shelf = world.part::<Shelf>();
    let own = shelf.own.get(read(world)).await?;
    let loans = shelf.lent.read().unwrap_or_else(PoisonError::into_inner).clone();
    let lent = loans.iter().rev().flat_map(|loan| loan.0.iter().enumerate());
    let lent: Vec<_> = lent.filter(|(_, held)| held.stub.fits(seen)).collect();
    let own: Vec<_> = own.iter().filter(|(_, stub)| stub.fits(seen)).collect();
    let mut all = lent.iter().map(|(_, held)| &held.stub).chain(own.iter().map(|(_, stub)| stub));
    let mut title = None;
    if all.any(|stub| !stub.is_of(seen.node, None)) {
        title = title_of(world, seen.node).await?;
    }
    for (position, held) in lent {
        if held.stub.is_of(seen.node, title.as_deref()) && held.claim() {
            return Ok(Some((Place::Lent(position), Arc::clone(&held.stub))));
        }
    }
    for (position, stub) in own {
        if stub.is_of(seen.node, title.as_deref())
            && (stub.stub.times.is_none() || claim(world, *position).await?)
        {
            return Ok(Some((Place::Own(*position), Arc::clone(stub))));
        }
    }
    Ok(None)
}

/// Stubs that make nodes fail, in the order in which they are asked.
#[derive(Default)]
pub(crate) struct Forces(Vec<Force>);

enum Force {
    Own(i64, Arc<Ready>),
    Lent(Arc<Loan>, usize),
}

/// Those of a world. Asked before a transaction: it may have to read them.
pub(crate) async fn forces(world: &World) -> Result<Forces, sqlx::Error> {
    let shelf = world.part::<Shelf>();
    let own = shelf.own.get(read(world)).await?;
    Ok(Forces::of(&shelf, &own))
}

/// The same inside a transaction; `None`: they would have to be read.
pub(crate) fn known_forces(world: &World) -> Option<Forces> {
    let shelf = world.part::<Shelf>();
    let own = shelf.own.known()?;
    Some(Forces::of(&shelf, &own))
}

impl Forces {
    fn of(shelf: &Shelf, own: &[(i64, Arc<Ready>)]) -> Self {
        let loans = shelf.lent.read().unwrap_or_else(PoisonError::into_inner).clone();
        let lent = loans.iter().rev().flat_map(|loan| {
            let forces = loan.0.iter().enumerate().filter(|(_, held)| held.stub.stub.error.is_some());
            forces.map(|(position, _)| Force::Lent(Arc::clone(loan), position))
        });
        let own = own.iter().filter(|(_, stub)| stub.stub.error.is_some());
        let own = own.map(|(position, stub)| Force::Own(*position, Arc::clone(stub)));
        Self(lent.chain(own).collect())
    }

    /// There are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The error of the first that wants a logic of this kind to fail, in a process and its node (id and title).
    pub(crate) async fn pick(
        &self,
        conn: &mut SqliteConnection,
        (call, process): (Asked, i64),
        (node, title): (&str, Option<&str>),
    ) -> Result<Option<Fault>, sqlx::Error> {
        for force in &self.0 {
            let stub = match force {
                Force::Own(_, stub) => stub,
                Force::Lent(loan, position) => match loan.0.get(*position) {
                    Some(held) => &held.stub,
                    None => continue,
                },
            };
            let Some(forced) = stub.forces(call, process).filter(|_| stub.is_of(node, title)) else {
                continue;
            };
            let claimed = match force {
                Force::Own(position, stub) => {
                    stub.stub.times.is_none() || store::claim(conn, *position).await?
                }
                Force::Lent(loan, position) => loan.0.get(*position).is_some_and(Held::claim),
            };
            if claimed {
                return Ok(Some(forced.fault(call)));
            }
        }
        Ok(None)
    }
}

/// The list was put anew.
pub(super) fn forget(world: &World) {
    world.part::<Shelf>().own.forget();
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
