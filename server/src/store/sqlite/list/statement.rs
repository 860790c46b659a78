//! The text of the statements that read a list. Every name in it is one of [`super::plan`]'s, every
//! value is bound.

use sqlx::{QueryBuilder, Sqlite};

use crate::clock::Moment;
use crate::id::Client;
use crate::list::{Collection, Filter, Query};

use super::super::Result;
use super::cell::{self, Cell};
use super::plan::{Column, Listed, Plan, Term, has_range};

/// What is read, by which index, from where, in which direction.
pub(super) struct Source<'q> {
    pub(super) client: &'q Client,
    pub(super) query: &'q Query,
    pub(super) listed: &'static Listed,
    pub(super) plan: Plan,
    /// The order in the direction of reading.
    pub(super) order: Vec<Term>,
    /// Where reading starts.
    pub(super) after: Option<Vec<Cell>>,
    /// Rows that are wanted: one more than the page holds, which says that there are more.
    pub(super) wanted: usize,
}

impl<'q> Source<'q> {
    pub(super) fn new(client: &'q Client, query: &'q Query, plan: Plan) -> Result<Self> {
        let backwards = query.position.as_ref().is_some_and(|it| it.backwards);
        let turned = |term: &Term| Term {
            descending: term.descending != backwards,
            ..*term
        };
        let after = match &query.position {
            Some(position) => cell::of_position(query, &plan.order, position)?,
            None => None,
        };
        Ok(Self {
            client,
            query,
            listed: Listed::of(query.collection),
            order: plan.order.iter().map(turned).collect(),
            plan,
            after,
            wanted: usize::from(query.limit) + 1,
        })
    }

    pub(super) fn filter(&self) -> &'q Filter {
        &self.query.filter
    }

    /// `FROM`, and the conditions that the index seeks: what every list fixes, what a filter fixes.
    pub(super) fn from(&self, sql: &mut QueryBuilder<Sqlite>) {
        sql.push(" FROM ")
            .push(self.listed.table)
            .push(" INDEXED BY ")
            .push(self.plan.index.name);
        sql.push(" WHERE client = ")
            .push_bind(self.client.as_str().to_owned());
        if let Collection::Parts(protocol) = self.query.collection {
            sql.push(" AND protocol = ").push_bind(protocol.as_str());
        }
        match self.plan.fixed {
            Some(Column::Device) => equals(sql, Column::Device, self.filter().device.as_ref()),
            Some(Column::Status) => equals(sql, Column::Status, self.filter().status.as_ref()),
            _ => (),
        }
    }

    /// The columns of the order.
    pub(super) fn columns(&self, sql: &mut QueryBuilder<Sqlite>) {
        for term in &self.order {
            sql.push(", ").push(term.column.name());
        }
    }

    /// Whether there is more to look at in a row than the index does.
    pub(super) fn has_rest(&self) -> bool {
        let ranges = [Column::Created, Column::Modified];
        self.rest_of_equalities().next().is_some()
            || ranges
                .into_iter()
                .any(|it| has_range(self.filter(), it) && !self.plan.seeks(it))
            || self.filter().q.is_some()
    }

    /// The conditions that the index does not seek.
    pub(super) fn rest(&self, sql: &mut QueryBuilder<Sqlite>) {
        for (column, value) in self.rest_of_equalities() {
            equals(sql, column, Some(value));
        }
        for column in [Column::Created, Column::Modified] {
            if !self.plan.seeks(column) {
                self.range(sql, column);
            }
        }
        if let Some(q) = &self.filter().q {
            self.mentions(sql, q);
        }
    }

    fn rest_of_equalities(&self) -> impl Iterator<Item = (Column, &'q String)> {
        let filter = self.filter();
        let device = filter.device.as_ref().map(|it| (Column::Device, it));
        let status = filter.status.as_ref().map(|it| (Column::Status, it));
        let fixed = self.plan.fixed;
        device
            .into_iter()
            .chain(status)
            .filter(move |(column, _)| fixed != Some(*column))
    }

    /// The range of a column that is asked for, if any.
    pub(super) fn range(&self, sql: &mut QueryBuilder<Sqlite>, column: Column) {
        let filter = self.filter();
        let (since, before) = match column {
            Column::Created => (filter.created_since, filter.created_before),
            Column::Modified => (filter.modified_since, filter.modified_before),
            _ => return,
        };
        bound(sql, column, " >= ", since);
        bound(sql, column, " < ", before);
    }

    /// A tag of the device, or a part of its name or of the message; by bytes, since `LIKE` ignores
    /// case and has wildcards.
    fn mentions(&self, sql: &mut QueryBuilder<Sqlite>, q: &str) {
        let texts = [Some(Column::Device.name()), self.listed.message];
        sql.push(" AND (");
        for text in texts.into_iter().flatten() {
            sql.push("instr(r.")
                .push(text)
                .push(", ")
                .push_bind(q.to_owned())
                .push(") > 0 OR ");
        }
        sql.push("EXISTS (SELECT 1 FROM device_tag t WHERE t.device = r.device AND t.tag = ");
        sql.push_bind(q.to_owned()).push(" AND t.client = ");
        sql.push_bind(self.client.as_str().to_owned()).push("))");
    }

    /// The columns that [`Self::rest`] looks at, beside those of the order.
    pub(super) fn columns_of_rest(&self, sql: &mut QueryBuilder<Sqlite>) {
        let looked_at = [
            Column::Device,
            Column::Status,
            Column::Created,
            Column::Modified,
        ];
        for column in looked_at {
            if self.order.iter().all(|term| term.column != column) {
                sql.push(", ").push(column.name());
            }
        }
        if let (Some(message), Some(_)) = (self.listed.message, &self.filter().q) {
            sql.push(", ").push(message);
        }
    }
}

pub(super) fn order_by(sql: &mut QueryBuilder<Sqlite>, order: &[Term]) {
    let mut separator = " ORDER BY ";
    for term in order {
        sql.push(separator).push(term.column.name());
        sql.push(if term.descending { " DESC" } else { "" });
        separator = ", ";
    }
}

fn equals(sql: &mut QueryBuilder<Sqlite>, column: Column, value: Option<&String>) {
    if let Some(value) = value {
        sql.push(" AND ")
            .push(column.name())
            .push(" = ")
            .push_bind(value.clone());
    }
}

fn bound(sql: &mut QueryBuilder<Sqlite>, column: Column, comparison: &str, moment: Option<Moment>) {
    if let Some(moment) = moment {
        sql.push(" AND ")
            .push(column.name())
            .push(comparison)
            .push_bind(moment.as_micros());
    }
}
