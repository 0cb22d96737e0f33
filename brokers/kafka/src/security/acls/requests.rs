//! DescribeAcls, CreateAcls and DeleteAcls (KIP-140, KIP-290).

use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::create_acls::{
    AclCreationResult, CreateAclsRequest, CreateAclsResponse,
};
use ninefold_kafka_protocol::messages::delete_acls::{
    DeleteAclsFilter, DeleteAclsFilterResult, DeleteAclsMatchingAcl, DeleteAclsRequest, DeleteAclsResponse,
};
use ninefold_kafka_protocol::messages::describe_acls::{
    AclDescription, DescribeAclsRequest, DescribeAclsResource, DescribeAclsResponse,
};

use super::CreateError;
use super::acl::{Acl, AclFilter};
use crate::cluster::Cluster;
use crate::errors::Refusal;
use crate::security::CLUSTER_REFUSED;
use crate::security::resource::{Operation, Resource};
use crate::session::Caller;

/// DescribeAcls.
pub(crate) fn describe(
    cluster: &Cluster,
    caller: &Caller,
    request: &DescribeAclsRequest,
) -> DescribeAclsResponse {
    let refused = |code: ErrorCode, message: &str| DescribeAclsResponse {
        error_code: code.code(),
        error_message: Some(message.into()),
        ..DescribeAclsResponse::default()
    };
    if !cluster
        .security
        .allows(caller, Operation::Describe, Resource::CLUSTER)
    {
        return refused(ErrorCode::ClusterAuthorizationFailed, CLUSTER_REFUSED);
    }
    let filter = match AclFilter::described(request) {
        Ok(filter) => filter,
        Err(reason) => return refused(ErrorCode::InvalidRequest, &reason),
    };
    let resources = cluster.security.acls.matching(&filter).into_iter();
    let resources = resources.map(|(resources, rules)| DescribeAclsResource {
        resource_type: resources.kind as i8,
        resource_name: resources.name.into(),
        pattern_type: resources.pattern as i8,
        acls: rules
            .into_iter()
            .map(|rule| AclDescription {
                principal: rule.principal.into(),
                host: rule.host.into(),
                operation: rule.operation.code(),
                permission_type: rule.permission as i8,
            })
            .collect(),
    });
    DescribeAclsResponse {
        error_message: None,
        resources: resources.collect(),
        ..DescribeAclsResponse::default()
    }
}

/// CreateAcls.
pub(crate) async fn create(
    cluster: &Cluster,
    caller: &Caller,
    request: CreateAclsRequest,
) -> CreateAclsResponse {
    let may = cluster
        .security
        .allows(caller, Operation::Alter, Resource::CLUSTER);
    let results = if may {
        let wanted = request.creations.iter().map(Acl::wanted).collect();
        let outcomes = cluster.security.acls.create(wanted).await;
        outcomes.into_iter().map(creation_result).collect()
    } else {
        let refused = AclCreationResult {
            error_code: ErrorCode::ClusterAuthorizationFailed.code(),
            error_message: Some(CLUSTER_REFUSED.into()),
        };
        vec![refused; request.creations.len()]
    };
    CreateAclsResponse {
        results,
        ..CreateAclsResponse::default()
    }
}

fn creation_result(outcome: Result<(), CreateError>) -> AclCreationResult {
    match outcome {
        Ok(()) => AclCreationResult {
            error_code: 0,
            error_message: None,
        },
        Err(error) => {
            let refusal = Refusal::from(error);
            AclCreationResult {
                error_code: refusal.code.code(),
                error_message: Some(refusal.message.into()),
            }
        }
    }
}

impl From<CreateError> for Refusal {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Acl(super::AclError::Catalog(error)) => Refusal::from(error),
            CreateError::Invalid(_) | CreateError::Acl(_) => {
                Refusal::new(ErrorCode::InvalidRequest, error.to_string())
            }
        }
    }
}

/// DeleteAcls.
pub(crate) async fn delete(
    cluster: &Cluster,
    caller: &Caller,
    request: DeleteAclsRequest,
) -> DeleteAclsResponse {
    let may = cluster
        .security
        .allows(caller, Operation::Alter, Resource::CLUSTER);
    let mut filter_results = Vec::with_capacity(request.filters.len());
    for filter in &request.filters {
        let deleted = if may {
            delete_one(cluster, filter).await
        } else {
            Err(Refusal::new(
                ErrorCode::ClusterAuthorizationFailed,
                CLUSTER_REFUSED,
            ))
        };
        filter_results.push(match deleted {
            Ok(deleted) => DeleteAclsFilterResult {
                error_code: 0,
                error_message: None,
                matching_acls: deleted.into_iter().map(deleted_acl).collect(),
            },
            Err(refusal) => DeleteAclsFilterResult {
                error_code: refusal.code.code(),
                error_message: Some(refusal.message.into()),
                matching_acls: Vec::new(),
            },
        });
    }
    DeleteAclsResponse {
        filter_results,
        ..DeleteAclsResponse::default()
    }
}

async fn delete_one(cluster: &Cluster, filter: &DeleteAclsFilter) -> Result<Vec<Acl>, Refusal> {
    let filter = AclFilter::of(filter).map_err(|reason| Refusal::new(ErrorCode::InvalidRequest, reason))?;
    Ok(cluster.security.acls.delete(&filter).await?)
}

fn deleted_acl(acl: Acl) -> DeleteAclsMatchingAcl {
    DeleteAclsMatchingAcl {
        error_code: 0,
        error_message: None,
        resource_type: acl.resources.kind as i8,
        resource_name: acl.resources.name.into(),
        pattern_type: acl.resources.pattern as i8,
        principal: acl.rule.principal.into(),
        host: acl.rule.host.into(),
        operation: acl.rule.operation.code(),
        permission_type: acl.rule.permission as i8,
    }
}
